"""Makes ELMO documents from a seed: the same seed, version and issuer give the same bytes.

The documents are valid by the official schema and use what it allows: parts four levels deep, titles in
several scripts and languages, every lexical form of a decimal, grades of every kind, dates with and
without offset. All persons and institutions are invented.

    python elmo_generate.py FOLDER [--issuer DOMAIN]     writes the whole set
"""

import argparse
import base64
import random
import unicodedata
from pathlib import Path

from lxml import etree

from standards import NAMESPACES

COUNTS = {"2.1.1": 200, "1.7": 100}
COURSES_MAX = 60
DEPTH_MAX = 4
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

WORDS = {
    "en": ["Databases", "Applied Ethics", "Signals & Systems", "Thesis <draft>", "Research Methods"],
    "el": ["Βάσεις Δεδομένων", "Αρχαία Ελληνική Γλώσσα", "Θεωρία Αριθμών", "Οικονομετρία"],
    "ar": ["قواعد البيانات", "الفقه المقارن", "الرياضيات المتقطعة", "مقدمة في الاقتصاد"],
    "pl": ["Bazy danych", "Żywność i żywienie", "Źródła prawa", "Łączność bezprzewodowa"],
    "tr": ["Veri tabanları", "İşletme İstatistiği", "Şehircilik"],
    "sr-Latn": ["Baze podataka", "Čvrstoća materijala"],
    "nn": ["Databasar", "Språk og røynd"],
    "FI": ["Tietokannat", "Yöhäly ja ääni"],
    "vi": [unicodedata.normalize("NFD", "Cơ sở dữ liệu"), unicodedata.normalize("NFC", "Đại số tuyến tính")],
}
PERSONS = [
    ("Ana Sofia", "Exemplo"), ("Δείγμα", "Παράδειγμα"), ("تجريبي", "مثال"), ("Wzór Ósmy", "Przykład-Łącznik"),
    ("Örnek", "Deneme Şnek"), ("Given", "Example"), (unicodedata.normalize("NFD", "Zoë"), "Vorbild"), ("Mó", "Ní Shampla"),
]
GRADES = [
    None, None, "A", "B", "02", "7", "12", "1,3", "2.0", "30 e lode", "HYV", "Άριστα", "ممتاز", "bardzo dobry",
    "pass/fail: P", "<5>", "A & B", "96 %", unicodedata.normalize("NFD", "très bien"), "-3", "0", "10.00",
]
CREDITS = ["7.5", "+7.5", "10.000", ".5", "5.", "0", "007.50", "15", "0.25", "60", "5.0000", "123456789.123456789"]
OFFSETS = ["", "", "Z", "+02:00", "-11:00", "+05:30", "+14:00"]
TYPES = {1: "Degree Programme", 2: "Module", 3: "Course", 4: "Class"}
PDF = base64.b64encode(b"%PDF-1.4\n% an empty example\n%%EOF\n").decode()


def document(version: str, seed: int, issuer: str = "alpha.example") -> bytes:
    """One document."""
    return Maker(version, seed, issuer).document()


def documents(issuer: str = "alpha.example"):
    """The whole set as (version, seed, bytes)."""
    for version, count in COUNTS.items():
        for seed in range(count):
            yield version, seed, document(version, seed, issuer)


class Maker:
    """Builds one document, element by element in the schema's order."""

    def __init__(self, version: str, seed: int, issuer: str):
        self.random = random.Random(f"{version}/{seed}")
        self.version, self.seed, self.issuer = version, seed, issuer
        self.namespace = NAMESPACES[version]
        self.modern = version == "2.1.1"
        self.serial = 0

    def document(self) -> bytes:
        prefix = self.random.choice([None, None, "e"])
        root = etree.Element(f"{{{self.namespace}}}elmo", nsmap={prefix: self.namespace})
        self.add(root, "generatedDate", self.moment())
        self.learner(root)
        self.report(root, self.issuer, self.courses())
        if self.seed % 10 == 7:
            self.report(root, f"partner-{self.seed}.example", self.random.randint(1, 5))
        if self.seed % 6 == 0:
            self.attachment(root, f"all-{self.seed}")
        if self.seed % 20 == 13:
            self.groups(root)
        if self.seed % 20 == 9:
            self.extension(root)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=self.seed % 3 == 0)

    def courses(self) -> int:
        """The largest sizes come for certain, the others by chance."""
        if self.seed % 25 == 0:
            return COURSES_MAX
        return self.random.choice([1, 1, 2, 3, 5, 8, 13, 21, 34])

    # Leaves

    def add(self, parent, tag: str, text: str | None = None, **attributes):
        element = etree.SubElement(parent, f"{{{self.namespace}}}{tag}", **attributes)
        element.text = text
        return element

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def day(self) -> str:
        year, month = self.random.randint(2016, 2026), self.random.randint(1, 12)
        day = self.random.randint(1, 28)
        return f"{year}-{month:02}-{day:02}"

    def date(self) -> str:
        """xs:date; one of eleven is the leap day."""
        day = "2024-02-29" if self.chance(9) else self.day()
        return day + self.random.choice(OFFSETS)

    def moment(self) -> str:
        """xs:dateTime, midnight included."""
        time = self.random.choice(["00:00:00", "00:30:00", "10:15:30", "23:59:59.999", "12:00:00.000"])
        return f"{self.day()}T{time}{self.random.choice(OFFSETS)}"

    def identifier(self, parent, scheme: str, value: str):
        self.add(parent, "identifier", value, type=scheme)

    def texts(self, parent, tag: str, repeats: bool = False):
        """The same text in several languages. `repeats` adds what a model by language cannot hold."""
        languages = self.random.sample(sorted(WORDS), self.random.randint(1, 3))
        if self.seed % 3 == 1:
            languages = list(dict.fromkeys(["el", "ar", "pl", *languages]))
        for language in languages:
            self.add(parent, tag, self.random.choice(WORDS[language])).set(XML_LANG, language)
        if self.chance(8):
            self.add(parent, tag, f"untagged {self.serial}")
        if repeats and self.chance(2):
            self.add(parent, tag, f"again {self.serial}").set(XML_LANG, languages[0])

    # The parts of a document

    def country(self, parent, tag: str):
        code = self.random.choice(["FI", "PL", "SE", "PT"])
        if not self.modern:
            self.add(parent, tag, code)
        elif self.chance(15):
            address = "http://publications.europa.eu/resource/authority/country/FIN"
            self.add(parent, tag, address, type="URI")
        else:
            self.add(parent, tag, code, type="ISO")

    def learner(self, root):
        learner = self.add(root, "learner")
        given, family = self.random.choice(PERSONS)
        if self.chance(50):
            self.country(learner, "citizenship")
        if self.seed % 2:
            esi = f"urn:schac:personalUniqueCode:int:esi:{self.issuer}:{self.version}-{self.seed}"
            self.identifier(learner, "esi", esi)
        else:
            self.identifier(learner, "local", f"L-{self.version}-{self.seed}")
        self.add(learner, "givenNames", given)
        self.add(learner, "familyName", family)
        birth = self.date()
        if self.modern:
            name = self.add(learner, "alternativeName", f"{given} {family}")
            if self.chance(50):
                name.set(XML_LANG, "el")
            if self.chance(60):
                self.add(learner, "dateOfBirth", birth)
        if self.chance(60):
            self.add(learner, "bday", birth)
        if self.chance(30):
            self.add(learner, "placeOfBirth", "Wzorowo")
        if self.modern and self.chance(20):
            self.country(learner, "countryOfBirth")
        if self.chance(20):
            self.add(learner, "birthName", "Vorher")
        if self.chance(30):
            self.add(learner, "gender", self.random.choice("0129"))

    def report(self, root, issuer: str, courses: int):
        report = self.add(root, "report")
        self.issuing(report, issuer)
        schemes = [f"scale-{n}" for n in range(self.random.randint(0, 3))]
        files = [f"file-{n}" for n in range(self.random.choice([0, 0, 0, 1, 2]))]
        left = courses
        while left:
            left -= self.specification(report, 1, left, schemes, files)
        if self.modern and self.chance(4):
            self.add(self.add(report, "resultOfRecognition"), "status", "Positive")
        self.add(report, "issueDate", self.moment())
        for scheme in schemes:
            self.texts(self.add(report, "gradingScheme", localId=scheme), "description")
        if self.modern and self.chance(60):
            code = self.random.choice(["FULL", "SELECTION", "PARTIAL_TEMPORARY", "PARTIAL_PERMANENT"])
            self.add(self.add(report, "status"), "code", code)
        for name in files:
            self.attachment(report, name)

    def issuing(self, report, domain: str):
        issuer = self.add(report, "issuer")
        self.country(issuer, "country")
        others = [("pic", "999000111"), ("erasmus", "SF EXAMPLE01"), ("local", "0001")]
        identifiers = [("schac", domain), *self.random.sample(others, self.random.randint(0, 3))]
        self.random.shuffle(identifiers)
        for scheme, value in identifiers:
            self.identifier(issuer, scheme, value)
        for language, name in [("en", "Example University"), ("el", "Πανεπιστήμιο Παράδειγμα")]:
            self.add(issuer, "title", name).set(XML_LANG, language)
        self.add(issuer, "url", f"https://{domain}/")

    def specification(self, parent, depth: int, budget: int, schemes, files) -> int:
        """One specification with its parts; says how many it used of the budget."""
        self.serial += 1
        item = self.add(parent, "learningOpportunitySpecification")
        self.identifiers(item)
        self.texts(item, "title", repeats=True)
        if self.chance(90):
            self.add(item, "type", TYPES[depth] if self.chance(80) else "Course")
        if self.chance(20):
            self.add(item, "subjectArea", "11.3")
        if self.chance(60):
            self.add(item, "iscedCode", self.random.choice(["0613", "0223", "0110", "031"]))
        if self.chance(40):
            self.add(item, "url", f"https://{self.issuer}/course/{self.serial}?a=1&b=2")
        if self.chance(25):
            self.texts(item, "description")
        if self.chance(5):
            self.add(item, "descriptionHtml", "<p>One <b>course</b></p>").set(XML_LANG, "en")
        if self.modern and self.chance(5):
            self.add(item, "documentType", "Certificate")
        self.instance(self.add(item, "specifies"), schemes, files)
        return 1 + self.parts(item, depth, budget - 1, schemes, files)

    def identifiers(self, item):
        """2.1.1 wants one identifier or more, 1.7 none."""
        if not self.modern and self.seed % 20 == 3 and self.chance(10):
            return
        self.identifier(item, "local", f"AL-{self.seed}-{self.serial}")
        if self.chance(40):
            self.identifier(item, "ewp-los-id", f"CR/{self.seed:04}-{self.serial:04}")
        if self.chance(10):
            self.identifier(item, "nus", f"0{self.serial:05}")

    def parts(self, item, depth: int, budget: int, schemes, files) -> int:
        """Courses are mostly parts of something, so that all four levels occur."""
        used = 0
        while depth < DEPTH_MAX and used < budget and self.chance(70):
            part = self.add(item, "hasPart")
            used += self.specification(part, depth + 1, budget - used, schemes, files)
        return used

    def instance(self, parent, schemes, files):
        item = self.add(parent, "learningOpportunityInstance")
        if self.chance(50):
            self.identifier(item, "ewp-loi-id", f"CRI/{self.seed:04}-{self.serial:04}")
        if self.chance(50):
            self.add(item, "start", self.date())
        if self.chance(85):
            self.add(item, "date", self.date())
        if self.chance(40):
            self.term(item)
        if self.modern and self.chance(5):
            self.add(item, "duration", "P6M")
        if self.chance(70):
            self.add(item, "status", self.random.choice(["passed", "passed", "failed", "in-progress"]))
        self.result(item, schemes)
        self.credits(item)
        self.levels(item)
        if self.chance(50):
            self.add(item, "languageOfInstruction", self.random.choice(["en", "pl", "el", "EN", "sr-Latn"]))
        if self.chance(20):
            self.add(item, "engagementHours", self.random.choice(["140", "37.50", "+8"]))
        if files and self.chance(20):
            self.add(self.add(item, "attachments"), "ref", self.random.choice(files))

    def term(self, parent):
        term = self.add(parent, "academicTerm")
        self.texts(term, "title")
        self.add(term, "start", self.date())
        self.add(term, "end", self.date())

    def result(self, item, schemes):
        if schemes and self.chance(60):
            self.add(item, "gradingSchemeLocalId", self.random.choice(schemes))
        if self.modern and self.chance(5):
            self.add(item, "gradingSchemeExternalId", "urn:example:scale:7")
        label = self.random.choice(GRADES)
        if label is not None:
            self.add(item, "resultLabel", label)
        if self.chance(8):
            shares = self.add(item, "shortenedGrading")
            for tag, share in [("percentageLower", "40.5"), ("percentageEqual", "20"), ("percentageHigher", "39.5")]:
                self.add(shares, tag, share)
        if self.chance(8):
            distribution = self.add(item, "resultDistribution")
            for label, count in [("A", "11"), ("02", "24"), ("Άριστα", "0")]:
                self.add(distribution, "category", label=label, count=count)

    def credits(self, item):
        for scheme in self.random.choice([[], ["ects"], ["ects"], ["ECTS"], ["ects", "local-points"]]):
            credit = self.add(item, "credit")
            self.add(credit, "scheme", scheme)
            if not self.modern and self.chance(30):
                self.add(credit, "level", self.random.choice(["Bachelor", "Master", "PhD"]))
            if self.chance(95):
                self.add(credit, "value", self.random.choice(CREDITS))

    def levels(self, item):
        for scheme in self.random.choice([[], ["EQF"], ["EQF", "NQF"]]):
            level = self.add(item, "level")
            self.add(level, "type", scheme)
            if self.chance(20):
                self.add(level, "description", "Poziom szósty").set(XML_LANG, "pl")
            if self.chance(90):
                self.add(level, "value", self.random.choice(["5", "6", "7", "6.A"]))

    def attachment(self, parent, name: str):
        item = self.add(parent, "attachment")
        self.identifier(item, "local", name)
        self.add(item, "title", "Odpis").set(XML_LANG, "pl")
        self.add(item, "type", self.random.choice(["Transcript of Records", "Diploma Supplement", "Other"]))
        self.add(item, "content", f"data:application/pdf;base64,{PDF}").set(XML_LANG, "en")

    def groups(self, root):
        kind = self.add(self.add(root, "groups"), "groupType", id="field")
        self.add(kind, "title", "Field").set(XML_LANG, "en")
        self.add(self.add(kind, "group", id="g1", sortingKey="1"), "title", "Core").set(XML_LANG, "en")

    def extension(self, root):
        extra = etree.SubElement(self.add(root, "extension"), "{urn:example:extension}note", nsmap={"x": "urn:example:extension"})
        extra.text = "more"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--issuer", default="alpha.example")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for version, seed, content in documents(given.issuer):
        (given.folder / f"elmo-{version}-{seed:03}.xml").write_bytes(content)


if __name__ == "__main__":
    main()
