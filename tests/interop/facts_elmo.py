"""The facts of an ELMO report."""

from lxml import etree

from elmo_compare import XML_LANG, child, children, parts, text
from facts import COUNTRIES, LANGUAGES, MEDIA, Facts, day, number


def read(document: bytes, report: int = 1, exact: bool = False) -> Facts:
    """The facts of one report. `exact` leaves codes as they are spelled."""
    root = etree.fromstring(document)
    found, one = Facts(), children(root, "report")[report - 1]
    learner(found, child(root, "learner"), exact)
    issuer = child(one, "issuer")
    pairs(found, "", "institution id", issuer, "identifier")
    found.say_texts("", "institution name", texts(issuer, "title"))
    found.say("", "institution country", country(child(issuer, "country"), exact))
    found.say("", "institution page", text(child(issuer, "url")))
    found.say("", "generated date", day(text(child(root, "generatedDate"))))
    found.say("", "issue date", day(text(child(one, "issueDate"))))
    found.say("", "completeness", text(child(one, "status", "code")))
    schemes = {it.get("localId"): texts(it, "description") for it in children(one, "gradingScheme")}
    items = children(one, "learningOpportunitySpecification")
    for position, item in enumerate(items, 1):
        achievement(found, item, str(position), schemes, exact)
    used = {it.value for it in found if it.what == "grading scheme"}
    for index, name in enumerate(schemes):
        found.say("", "unused scheme", name if name not in used else None, index)
    for index, item in enumerate([*children(one, "attachment"), *children(root, "attachment")]):
        attachment(found, item, index)
    return found


def texts(parent, name: str) -> list[tuple[str, str]]:
    return [(it.get(XML_LANG) or "und", text(it)) for it in children(parent, name)] if parent is not None else []


def pairs(found: Facts, place: str, what: str, parent, name: str):
    for index, it in enumerate(children(parent, name)):
        found.say(place, what, (it.get("type"), text(it)), index)


def country(element, exact: bool):
    if element is None:
        return None
    code = text(element)
    if exact:
        return element.get("type") == "URI", code
    return COUNTRIES.get(code, code.rsplit("/", 1)[-1])


def learner(found: Facts, person, exact: bool):
    pairs(found, "", "learner id", person, "identifier")
    found.say("", "given names", text(child(person, "givenNames")))
    found.say("", "family name", text(child(person, "familyName")))
    found.say_texts("", "other name", texts(person, "alternativeName"))
    found.say("", "birth date", day(text(child(person, "dateOfBirth")) or text(child(person, "bday"))))
    found.say("", "birth place", text(child(person, "placeOfBirth")))
    found.say("", "birth country", country(child(person, "countryOfBirth"), exact))
    found.say("", "birth name", text(child(person, "birthName")))
    found.say("", "citizenship", country(child(person, "citizenship"), exact))
    found.say("", "gender", text(child(person, "gender")))


def attachment(found: Facts, item, index: int):
    for it in children(item, "identifier"):
        found.say("", "attachment id", (it.get("type"), text(it)), index)
    titles, kind = tuple(sorted(texts(item, "title"))), text(child(item, "type"))
    for content in children(item, "content"):
        media, _, base64 = text(content).removeprefix("data:").partition(";base64,")
        found.say("", "attachment", (titles, kind, MEDIA.get(media, media), base64), index)
        found.say("", "attachment language", content.get(XML_LANG), index)


def achievement(found: Facts, item, place: str, schemes: dict, exact: bool):
    found.say(place, "achievement", True)
    pairs(found, place, "course code", item, "identifier")
    for what, name in [("title", "title"), ("description", "description"), ("html", "descriptionHtml")]:
        found.say_texts(place, what, texts(item, name))
    for what, name in [("type", "type"), ("subject area", "subjectArea"), ("field", "iscedCode"), ("page", "url")]:
        found.say(place, what, text(child(item, name)))
    found.say(place, "document type", text(child(item, "documentType")))
    taken = child(item, "specifies", "learningOpportunityInstance")
    if taken is not None:
        instance(found, taken, place, exact)
        result(found, taken, place, schemes)
    for position, part in enumerate(parts(item), 1):
        achievement(found, part, f"{place}.{position}", schemes, exact)


def instance(found: Facts, item, place: str, exact: bool):
    pairs(found, place, "instance id", item, "identifier")
    found.say(place, "start", day(text(child(item, "start"))))
    found.say(place, "date", day(text(child(item, "date"))))
    term = child(item, "academicTerm")
    found.say_texts(place, "term title", texts(term, "title"))
    found.say(place, "term start", day(text(child(term, "start"))))
    found.say(place, "term end", day(text(child(term, "end"))))
    found.say(place, "duration", text(child(item, "duration")))
    tag = text(child(item, "languageOfInstruction"))
    plain = tag and LANGUAGES.get(tag.split("-")[0].lower(), tag)
    found.say(place, "language", tag if exact else plain)
    found.say(place, "hours", number(text(child(item, "engagementHours"))))
    for index, it in enumerate(children(item, "credit")):
        written = text(child(it, "scheme")) or ""
        scheme = "ects" if written.lower() == "ects" else written
        found.say(place, "credits", (scheme, number(text(child(it, "value")))), index)
        found.say(place, "credit level", text(child(it, "level")), index)
    for index, it in enumerate(children(item, "level")):
        found.say(place, "level", (text(child(it, "type")) or "", text(child(it, "value")) or ""), index)
        for nth, (language, words) in enumerate(texts(it, "description")):
            found.say(place, "level text", (language, words), index, language, nth)
    for index, it in enumerate(children(child(item, "attachments"), "ref") if child(item, "attachments") is not None else []):
        found.say(place, "attachment ref", text(it), index)


def result(found: Facts, item, place: str, schemes: dict):
    found.say(place, "status", text(child(item, "status")))
    found.say(place, "grade", text(child(item, "resultLabel")))
    scheme = text(child(item, "gradingSchemeLocalId"))
    found.say(place, "grading scheme", scheme)
    found.say(place, "external scheme", text(child(item, "gradingSchemeExternalId")))
    found.say_texts(place, "scheme text", schemes.get(scheme, []))
    shares = child(item, "shortenedGrading")
    if shares is not None:
        names = ["percentageLower", "percentageEqual", "percentageHigher"]
        found.say(place, "shares", tuple(number(text(child(shares, it))) for it in names))
    results = child(item, "resultDistribution")
    if results is not None:
        for index, it in enumerate(children(results, "category")):
            found.say(place, "result", (it.get("label"), number(it.get("count"))), index)
        found.say_texts(place, "result text", texts(results, "description"))
