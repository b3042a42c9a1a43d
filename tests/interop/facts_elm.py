"""The facts of a European Digital Credential, in whichever form it is wrapped and each value is written."""

import json
from base64 import urlsafe_b64decode
from urllib.parse import unquote

from facts import SEXES, TYPES, Facts, day, number

ECTS = "http://data.europa.eu/snb/education-credit/6fcec5c5af"
EQF = "http://data.europa.eu/snb/eqf/"
LEGAL = {"eIDASIdentifier": "eidas", "registration": "registration", "vatIdentifier": "vat", "taxIdentifier": "tax"}


def credential(document: bytes) -> dict:
    """The credential by itself."""
    found = json.loads(document)
    if "payload" in found:
        payload = found["payload"]
        # Some write base64url where the text itself belongs.
        return credential(payload if payload.lstrip().startswith("{") else urlsafe_b64decode(payload + "=="))
    for name in ("credential", "@graph", "verifiableCredential"):
        if name in found:
            typed = [it for it in many(found[name]) if "VerifiableCredential" in many(it.get("type"))]
            return typed[0]
    return found


def many(value) -> list:
    """One is as good as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(value) -> dict:
    return next(iter(many(value)), {})


def at(node, *names):
    """The first node along a path."""
    for name in names:
        node = first(node).get(name)
    return first(node)


def texts(value) -> list[tuple[str, str]]:
    """Text by language in each form that JSON-LD has for it."""
    found = []
    for it in many(value):
        if isinstance(it, str):
            found.append(("und", it))
        elif "@value" in it:
            found.append((it.get("@language", "und"), it["@value"]))
        else:
            found += [("und" if tag == "@none" else tag, words) for tag, some in it.items() for words in many(some)]
    return found


def plain(value) -> str | None:
    """The one text where a transcript has one."""
    return next((words for _, words in texts(value)), None)


def tail(node) -> str | None:
    """The code at the end of a concept's address."""
    return node["id"].rsplit("/", 1)[-1] if node.get("id") else None


def code(concept: dict) -> str | None:
    """What a concept says: its code, else its name, English first, else its address."""
    labels = dict(texts(concept.get("prefLabel")))
    label = labels.get("en") or next(iter(labels.values()), None)
    return concept.get("notation") or label or concept.get("id")


def scheme_of(concept: dict) -> str:
    """The name of the list that a concept is in."""
    return unquote(at(concept, "inScheme").get("id", "").rsplit(":", 1)[-1])


def read(document: bytes, body: int = 0) -> Facts:
    """The facts of what one body awarded: the one that stands there at each achievement."""
    whole, found = credential(document), Facts()
    subject = first(whole.get("credentialSubject"))
    claims = many(subject.get("hasClaim"))
    learner(found, subject)
    bodies = many(at(claims, "awardedBy").get("awardingBody"))
    institution(found, bodies[body] if bodies else {})
    found.say_texts("", "record description", texts(at(whole, "displayParameter").get("description")))
    dates = [whole[name] for name in ("issued", "issuanceDate", "validFrom") if name in whole]
    found.say("", "issue date", day(dates[0] if dates else None))
    for index, it in enumerate(many(whole.get("attachment"))):
        attachment(found, it, index)
    achievements = [it for it in claims if "LearningAchievement" in many(it.get("type"))]
    for position, it in enumerate(achievements, 1):
        achievement(found, it, str(position))
    activities = [n for n, it in enumerate(claims) if "LearningActivity" in many(it.get("type"))]
    for index, position in enumerate(activities):
        # An activity has no language: there stands which claim it is.
        found.say("", "activity", tuple(texts(claims[position].get("title"))), index, str(position))
    return found


def identifiers(found: Facts, place: str, what: str, node: dict):
    for index, it in enumerate(many(node.get("identifier"))):
        found.say(place, what, (it.get("schemeName") or it.get("schemeId") or "", it["notation"]), index)


def country(node) -> str | None:
    return tail(at(node, "address", "countryCode"))


def institution(found: Facts, body: dict):
    identifiers(found, "", "institution id", body)
    for member, kind in LEGAL.items():
        for it in many(body.get(member)):
            found.say("", "institution id", (f"{kind}:{tail(first(it['spatial']))}", it["notation"]))
    if body.get("id", "").startswith(("http:", "https:", "did:")):
        found.say("", "institution id", ("uri", body["id"]))
    found.say_texts("", "institution name", texts(body.get("legalName")))
    found.say("", "institution country", country(body.get("location")))
    found.say("", "institution page", at(body, "homepage").get("contentURL"))


def learner(found: Facts, subject: dict):
    identifiers(found, "", "learner id", subject)
    national = first(subject.get("nationalID"))
    if national:
        found.say("", "learner id", (f"national:{tail(first(national['spatial']))}", national["notation"]))
    found.say("", "given names", plain(subject.get("givenName")))
    found.say("", "family name", plain(subject.get("familyName")))
    found.say_texts("", "other name", texts(subject.get("fullName")) + texts(subject.get("altLabel")))
    found.say("", "birth date", day(subject.get("dateOfBirth")))
    place = first(subject.get("placeOfBirth"))
    found.say("", "birth place", plain(at(place, "address", "fullAddress").get("noteLiteral")))
    found.say("", "birth country", country(place))
    found.say("", "birth name", plain(subject.get("birthName")))
    for index, it in enumerate(many(subject.get("citizenshipCountry"))):
        found.say("", "citizenship", tail(it), index)
    gender = first(subject.get("gender"))
    found.say("", "gender", SEXES.get(tail(gender), code(gender)))


def attachment(found: Facts, item: dict, index: int):
    titles = tuple(sorted(texts(item.get("title"))))
    kind = code(first(item.get("attachmentType")))
    found.say("", "attachment", (titles, kind, tail(first(item["contentType"])), item["content"]), index)


def achievement(found: Facts, item: dict, place: str):
    found.say(place, "achievement", True)
    identifiers(found, place, "instance id", item)
    found.say_texts(place, "title", texts(item.get("title")))
    found.say(place, "date", day(at(item, "awardedBy").get("awardingDate")))
    for index, it in enumerate(many(item.get("creditReceived"))):
        framework = first(it.get("framework"))
        found.say(place, "credits", ("ects" if framework.get("id") == ECTS else code(framework), number(it["point"])), index)
    specification(found, first(item.get("specifiedBy")), place)
    found.say(place, "start", day(at(item, "influencedBy", "temporal").get("startDate")))
    found.say(place, "hours", number(next(iter(many(at(item, "influencedBy", "specifiedBy").get("contactHour"))), None)))
    for index, it in enumerate(many(at(item, "influencedBy", "specifiedBy").get("language"))):
        found.say(place, "language", tail(it), index)
    term = at(item, "learningOpportunity", "temporal")
    found.say_texts(place, "term title", texts(term.get("prefLabel")))
    found.say(place, "term start", day(term.get("startDate")))
    found.say(place, "term end", day(term.get("endDate")))
    found.say(place, "duration", at(item, "learningOpportunity").get("duration"))
    graded = [it for it in many(item.get("provenBy")) if it.get("grade")]
    assessment(found, first(graded or item.get("provenBy")), place)
    for position, part in enumerate(many(item.get("hasPart")), 1):
        achievement(found, part, f"{place}.{position}")


def specification(found: Facts, item: dict, place: str):
    identifiers(found, place, "course code", item)
    found.say_texts(place, "description", texts(item.get("description")))
    kind = first(item.get("dcType"))
    # The address tells; a code beside it must not hide that it is another.
    named = {name: it for name, it in kind.items() if name != "notation" or not kind.get("id", "").startswith("http")}
    found.say(place, "type", TYPES.get(tail(kind), code(named)))
    for index, it in enumerate(many(item.get("educationSubject"))):
        found.say(place, "subject area", code(it), index)
    found.say(place, "field", tail(at(item, "thematicArea")))
    found.say(place, "page", at(item, "homepage").get("contentURL"))
    groups = [("educationLevel", ""), ("eqfLevel", "EQF"), ("nqfLevel", "NQF")]
    levels = [(it, framework) for name, framework in groups for it in many(item.get(name))]
    for index, (it, framework) in enumerate(levels):
        level(found, it, framework, place, index)


def level(found: Facts, concept: dict, framework: str, place: str, index: int):
    if concept.get("id", "").startswith(EQF):
        value = ("EQF", tail(concept))
    elif framework:
        value = (framework, concept.get("notation") or concept["id"])
    else:
        value = (scheme_of(concept), concept.get("notation") or "")
    found.say(place, "level", value, index)
    for nth, (language, words) in enumerate(texts(concept.get("definition") or concept.get("prefLabel"))):
        found.say(place, "level text", (language, words), index, language, nth)


def assessment(found: Facts, item: dict, place: str):
    found.say(place, "grade", plain(at(item, "grade").get("noteLiteral")))
    found.say(place, "status", code(first(item.get("gradeStatus"))))
    shares = first(item.get("shortenedGrading"))
    if shares:
        names = ["percentageLower", "percentageEqual", "percentageHigher"]
        found.say(place, "shares", tuple(number(shares.get(it)) for it in names))
    results = first(item.get("resultDistribution") or item.get("resultDestribution"))
    # Some write the term of another class here.
    for index, it in enumerate(many(results.get("resultCategory") or results.get("category"))):
        found.say(place, "result", (it.get("label"), number(it.get("count"))), index)
    found.say_texts(place, "result text", texts(results.get("description")))
    scheme = at(item, "specifiedBy", "gradingScheme")
    names = {it.get("schemeName"): it["notation"] for it in many(scheme.get("identifier"))}
    own = names.get("local") or (None if "external" in names else plain(scheme.get("title")))
    found.say(place, "grading scheme", own)
    found.say(place, "external scheme", names.get("external"))
    found.say_texts(place, "scheme text", texts(scheme.get("description")))
