"""What a transcript says as plain facts, the same whether they were read from ELMO or from ELM.

Knows the two standards and the Commission's table of both, and nothing of the node. Where one of them has no member for
something, the other one's fact stands alone. Values are those of a reader: a number is a number, midnight of an
`xsd:dateTime` is a day, a country is one whether it is written "FI" or as an address; texts are byte for byte.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

# ISO 3166-1 and 639, as far as the documents here need them.
COUNTRIES = {"FI": "FIN", "PL": "POL", "SE": "SWE", "PT": "PRT", "SS": "SSD", "NO": "NOR", "IE": "IRL", "EL": "GRC"}
LANGUAGES = {"en": "ENG", "pl": "POL", "el": "ELL", "sr": "SRP", "fi": "FIN", "sv": "SWE", "nn": "NNO", "nb": "NOB"}
# What EMREX calls a type, and the EU's list of learning opportunities.
TYPES = {"79343569f3": "Degree Programme", "0f7dac46ca": "Module", "05053c1cbe": "Course", "7e1ac538db": "Class"}
# ISO 5218, and the EU's list of sexes.
SEXES = {"MALE": "1", "FEMALE": "2"}
MEDIA = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG"}
TERM, LOI = "learningOpportunity.temporal", "specifies/learningOpportunityInstance"


@dataclass(frozen=True)
class Fact:
    """One thing that is said of the record ("") or of an achievement by its position ("1", "1.2")."""

    place: str
    what: str
    value: object
    index: int = 0
    language: str = ""
    nth: int = 0

    @property
    def key(self):
        return self.place, self.what, self.value

    def paths(self) -> set[str]:
        """Where it stands in ELMO and in ELM. A record's own facts stand at the top."""
        xpath, *json_paths = WHERE[self.what]
        known = {"n": self.index + 1, "i": self.index, "l": self.language, "v": self.value, "m": self.nth + 1}
        if not self.place:
            return {it.format(**known) for it in (xpath, *json_paths)}
        first, *rest = map(int, self.place.split("."))
        above = f"/elmo/report/learningOpportunitySpecification[{first}]"
        above += "".join(f"/hasPart[{n}]/learningOpportunitySpecification" for n in rest)
        node = f"$.credentialSubject.hasClaim[{first - 1}]" + "".join(f".hasPart[{n - 1}]" for n in rest)
        return {f"{above}/{xpath}".format(**known), *(f"{node}.{it}".format(**known) for it in json_paths)}


BODY = "$.credentialSubject.hasClaim.awardedBy.awardingBody"
# Each kind of fact: its place in ELMO, its places in ELM.
WHERE = {
    "institution id": ("/elmo/report/issuer/identifier[{n}]", f"{BODY}.identifier[{{i}}]"),
    "institution name": ("/elmo/report/issuer/title[{n}]", f"{BODY}.legalName.{{l}}"),
    "institution country": ("/elmo/report/issuer/country", f"{BODY}.location"),
    "institution page": ("/elmo/report/issuer/url", f"{BODY}.homepage[{{i}}]"),
    "learner id": ("/elmo/learner/identifier[{n}]", "$.credentialSubject.identifier[{i}]"),
    "given names": ("/elmo/learner/givenNames", "$.credentialSubject.givenName"),
    "family name": ("/elmo/learner/familyName", "$.credentialSubject.familyName"),
    "other name": ("/elmo/learner/alternativeName[{n}]", "$.credentialSubject.fullName"),
    "birth date": ("/elmo/learner/dateOfBirth", "$.credentialSubject.dateOfBirth"),
    "birth place": ("/elmo/learner/placeOfBirth", "$.credentialSubject.placeOfBirth"),
    "birth country": ("/elmo/learner/countryOfBirth", "$.credentialSubject.placeOfBirth"),
    "birth name": ("/elmo/learner/birthName", "$.credentialSubject.birthName"),
    "citizenship": ("/elmo/learner/citizenship[{n}]", "$.credentialSubject.citizenshipCountry[{i}]"),
    "gender": ("/elmo/learner/gender", "$.credentialSubject.gender"),
    "generated date": ("/elmo/generatedDate", "$.generatedDate"),
    "issue date": ("/elmo/report/issueDate", "$.issued", "$.issuanceDate", "$.validFrom"),
    "record description": ("/elmo/report/description[{n}]", "$.displayParameter.description.{l}"),
    "completeness": ("/elmo/report/status", "$.status"),
    "unused scheme": ("/elmo/report/gradingScheme[{n}]", '$.gradingScheme["{v}"]'),
    "attachment": ("/elmo/report/attachment[{n}]", "$.attachment[{i}]"),
    "attachment id": ("/elmo/report/attachment[{n}]/identifier", "$.attachment[{i}].identifier"),
    "attachment language": ("/elmo/report/attachment[{n}]/content", "$.attachment[{i}].content.language"),
    "activity": ("/elmo/report/activity[{n}]", "$.credentialSubject.hasClaim[{l}]"),
    "achievement": ("achievement", "achievement"),
    "course code": ("identifier[{n}]", "specifiedBy.identifier[{i}]"),
    "title": ("title[{n}]", "title.{l}"),
    "type": ("type", "specifiedBy.dcType"),
    "subject area": ("subjectArea", "specifiedBy.educationSubject[{i}]"),
    "field": ("iscedCode", "specifiedBy.thematicArea"),
    "page": ("url", "specifiedBy.homepage"),
    "description": ("description[{n}]", "specifiedBy.description.{l}", "description"),
    "html": ("descriptionHtml[{n}]", "learningOpportunity.descriptionHtml"),
    "document type": ("documentType", "specifiedBy.documentType"),
    "instance id": (f"{LOI}/identifier[{{n}}]", "identifier[{i}]"),
    "start": (f"{LOI}/start", "influencedBy.temporal.startDate"),
    "date": (f"{LOI}/date", "awardedBy.awardingDate"),
    "term title": (f"{LOI}/academicTerm/title[{{n}}]", f"{TERM}.prefLabel.{{l}}"),
    "term start": (f"{LOI}/academicTerm/start", f"{TERM}.startDate"),
    "term end": (f"{LOI}/academicTerm/end", f"{TERM}.endDate"),
    "duration": (f"{LOI}/duration", "learningOpportunity.duration"),
    "status": (f"{LOI}/status", "provenBy.gradeStatus"),
    "grading scheme": (f"{LOI}/gradingSchemeLocalId", "provenBy.specifiedBy.gradingScheme.identifier"),
    "external scheme": (f"{LOI}/gradingSchemeExternalId", "provenBy.specifiedBy.gradingScheme.identifier"),
    "scheme text": ("/elmo/report/gradingScheme", "provenBy.specifiedBy.gradingScheme.description"),
    "grade": (f"{LOI}/resultLabel", "provenBy.grade"),
    "shares": (f"{LOI}/shortenedGrading", "provenBy.shortenedGrading"),
    "result": (f"{LOI}/resultDistribution/category[{{n}}]", "provenBy.resultDistribution.resultCategory[{i}]"),
    "result text": (f"{LOI}/resultDistribution/description[{{n}}]", "provenBy.resultDistribution.description.{l}"),
    "credits": (f"{LOI}/credit[{{n}}]", "creditReceived[{i}]", "specifiedBy.creditPoint"),
    "credit level": (f"{LOI}/credit[{{n}}]/level", "creditReceived[{i}].level"),
    "level": (f"{LOI}/level[{{n}}]", "specifiedBy.educationLevel[{i}]", "specifiedBy.eqfLevel", "specifiedBy.nqfLevel"),
    "level text": (f"{LOI}/level[{{n}}]/description[{{m}}]", "specifiedBy.educationLevel[{i}].definition"),
    "language": (f"{LOI}/languageOfInstruction", "influencedBy.specifiedBy.language[{i}]", "specifiedBy.language"),
    "hours": (f"{LOI}/engagementHours", "influencedBy.specifiedBy.contactHour"),
    "attachment ref": (f"{LOI}/attachments/ref[{{n}}]", "supplementaryDocument"),
}


class Facts(list):
    """Adds a fact wherever there is a value."""

    def say(self, place: str, what: str, value, index: int = 0, language: str = "", nth: int = 0):
        if value not in (None, ""):
            self.append(Fact(place, what, value, index, language, nth))

    def say_texts(self, place: str, what: str, texts: list[tuple[str, str]]):
        for index, (language, words) in enumerate(texts):
            self.say(place, what, (language, words), index, language)


def day(written: str | None) -> str | None:
    """A day with its offset if it has one; `xsd:dateTime` can say a day as midnight only."""
    return written and re.sub(r"T00:00:00(\.0+)?(?=$|Z|[+-])", "", written)


def number(written) -> Decimal | None:
    return None if written in (None, "") else Decimal(str(written))
