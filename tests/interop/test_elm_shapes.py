"""Exports as European Digital Credentials, judged by the official shapes; and what the shapes find, the node finds too."""

import copy
import json
import re
import unittest

import grpc
from lxml import etree
from pyld import jsonld

import elm_shapes
import elmo_generate
import standards
from client import Refusal, credentials
from nodes import Node, on_each_engine
from test_elmo import ISSUER, AtTheDoor, case

# All on the credential itself: the display and the date come with the seal, the issuer wants its eIDAS identifier.
OPEN = [("displayParameter", "MinCount"), ("issued", "MinCount"), ("issuer", "Node")]
# What the shapes said of a document, by the document: both engines write the same.
VERDICTS: dict[str, elm_shapes.Report] = {}
EXAMPLES = {
    "edc-official/elm32-credential-sample.jsonld": 0,
    "edc-official/Sample-CertOfPart-signed.jsonld": 0,
    "edc-official/Sample-MC-Annex1-signed.jsonld": 0,
    "edc-official/Sample-MC-Annex1-unsigned.jsonld": 2,
    "edc-mynextid/edc-coa-signed.jsonld": 1,
    "edc-mynextid/edc-mc-signed.jsonld": 9,
    "edc-official/elm31-credential-sample.jsonld": 3,
}


def without_id(document: bytes) -> str:
    """The credential's own id is another one in every node."""
    return re.sub(rb'"urn:credential:[0-9a-f-]+"', b'"urn:credential:00000000-0000-4000-8000-000000000000"', document).decode()


def verdicts(exports: list[bytes]) -> list[elm_shapes.Report]:
    """What the shapes say of each."""
    texts = list(map(without_id, exports))
    new = [it for it in dict.fromkeys(texts) if it not in VERDICTS]
    VERDICTS.update(zip(new, elm_shapes.validate_all(list(map(json.loads, new))), strict=True))
    return [VERDICTS[it] for it in texts]


def nodes_of(tree, kind: str) -> list[dict]:
    """Every node of a class."""
    if isinstance(tree, list):
        return [found for it in tree for found in nodes_of(it, kind)]
    if not isinstance(tree, dict):
        return []
    own = [tree] if kind in (tree.get("type") if isinstance(tree.get("type"), list) else [tree.get("type")]) else []
    return own + [found for it in tree.values() for found in nodes_of(it, kind)]


def without(member: str):
    def change(node: dict):
        del node[member]

    return change


def twice(member: str):
    def change(node: dict):
        node[member] = {"en": "One", "fi": "Two"}

    return change


# One change for each class that the codec has and that has a constraint to break: the class, the member that the shapes
# name, the change, and where the node tells it if not at the member. Without a body nobody awards: that is a fault.
MUTANTS = {
    "achievement": ("LearningAchievement", "title", without("title")),
    "achievement without its award": ("LearningAchievement", "awardedBy", without("awardedBy"), "issuer.identifiers"),
    "activity": ("LearningActivity", "awardedBy", without("awardedBy")),
    "assessment": ("LearningAssessment", "grade", without("grade")),
    "awarding process": ("AwardingProcess", "awardingBody", without("awardingBody"), "issuer.identifiers"),
    "awarding body": ("Organisation", "legalName", without("legalName")),
    "organisation": ("Organisation", "location", without("location")),
    "person": ("Person", "fullName", twice("fullName")),
    "credit point": ("CreditPoint", "framework", without("framework")),
    "credit point without its number": ("CreditPoint", "point", without("point")),
    "grading scheme": ("GradingScheme", "title", without("title")),
    "display": ("DisplayParameter", "primaryLanguage", without("primaryLanguage")),
    "page of a display": ("DisplayDetail", "page", without("page")),
}


# What the document to be changed must have; it has no display.
CLASSES = {it[0] for it in MUTANTS.values() if not it[0].startswith("Display")}


def mutant(document: bytes, kind: str, change) -> bytes:
    """The document after a change of one node; of all nodes of its id, which are one node."""
    changed = json.loads(document)
    found = nodes_of(changed, kind)
    assert found, f"no {kind} in the document"
    name = found[0]["id"]
    for node in found:
        if node["id"] == name:
            change(node)
    return json.dumps(changed).encode()


class ShapesSuite:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exported = list(cls.exports(cls.sis))
        rich = [it for it in cls.exported if all(f'"{kind}"'.encode() in it for kind in CLASSES)]
        cls.rich = min(rich, key=len)

    @staticmethod
    def exports(sis):
        """Every record of every generated document as a credential."""
        for _, _, document in elmo_generate.documents(ISSUER):
            for one in sis.take(document).transcripts:
                yield sis.export(one.name, credentials.FORMAT_ELM).document

    def assert_open(self, report: elm_shapes.Report, expected: list):
        """One credential was looked at, and nothing but this was found, on the credential itself."""
        self.assertEqual(report.focus_nodes, 1)
        self.assertEqual([(it.path, it.constraint) for it in report.results], expected)
        for it in report.results:
            self.assertIn("EuropeanDigitalCredential", it.focus_class.split())

    def test_every_export_lacks_what_only_sealing_can_give_and_nothing_else(self):
        found = verdicts(self.exported)
        self.assertGreaterEqual(len(found), 300)
        for number, report in enumerate(found):
            with self.subTest(number):
                self.assert_open(report, OPEN)

    def test_with_an_eidas_identifier_two_are_left(self):
        node = Node(ISSUER, self.engine, eidas_identifier="VATFI-00000000")
        self.addCleanup(node.remove)
        exports = self.exports(node.start().as_role("sis"))
        for report in verdicts([next(exports) for _ in range(4)]):
            self.assert_open(report, OPEN[:2])

    def test_the_generator_always_writes_the_issuers_country(self):
        for version, seed, document in elmo_generate.documents(ISSUER):
            issuers = etree.fromstring(document).findall("{*}report/{*}issuer")
            self.assertTrue(issuers and all(it.findtext("{*}country") for it in issuers), (version, seed))

    def test_a_missing_country_is_named_and_none_is_made_up(self):
        root = etree.fromstring(elmo_generate.document("2.1.1", 25, ISSUER))
        country = root.find("{*}report/{*}issuer/{*}country")
        country.getparent().remove(country)
        given = self.sis.export(self.sis.take(etree.tostring(root)).transcripts[0].name, credentials.FORMAT_ELM)
        place = "$.credentialSubject.hasClaim[0].awardedBy.awardingBody[0].location"
        self.assertIn((place, "COUNTRY_MISSING"), [(it.path, it.code) for it in given.losses])
        report = verdicts([given.document])[0]
        found = {(it.path, it.constraint) for it in report.results} - set(OPEN)
        self.assertEqual(found, {("location", "MinCount")})
        told = self.sis.take(given.document, validate_only=True).deviations
        self.assertTrue(any(it.path.endswith("awardingBody.location") for it in told), told)

    def test_what_the_shapes_find_in_a_changed_document_the_node_reports_too(self):
        originals = {kind: self.original(node_class) for kind, (node_class, *_) in MUTANTS.items()}
        changed = {kind: mutant(originals[kind], it[0], it[2]) for kind, it in MUTANTS.items()}
        before = verdicts(list(originals.values()))
        after = verdicts(list(changed.values()))
        for (kind, (node_class, member, _, *place)), one, other in zip(MUTANTS.items(), before, after, strict=True):
            with self.subTest(kind):
                found = [it for it in other.results if it not in one.results]
                self.assertTrue(any(node_class in it.focus_class.split() and it.path == member for it in found), found)
                self.assert_reported(originals[kind], changed[kind], place[0] if place else member)

    def original(self, node_class: str) -> bytes:
        """An export has no display; the reference case has one."""
        return case("D03-reference.jsonld") if node_class.startswith("Display") else self.rich

    def assert_reported(self, original: bytes, changed: bytes, member: str):
        """As a fault or as a deviation that the original has not, at the member."""
        new = set(self.told(changed)) - set(self.told(original))
        self.assertTrue(any(re.search(rf"\b{member}(\[\d+\])?$", path) for path in new), new)

    def told(self, document: bytes) -> list[str]:
        """The places of all that the node finds wrong."""
        refusal = Refusal()
        try:
            return [it.path for it in self.sis.take(document, validate_only=True).deviations]
        except grpc.RpcError as error:
            refusal.read(error)
            return refusal.fields


class TheShapesThemselves(unittest.TestCase):
    """The bar is the one that is published: these numbers are those of others who ran the same shapes."""

    def test_published_examples_have_the_known_number_of_results(self):
        for name, expected in EXAMPLES.items():
            with self.subTest(name):
                document = json.loads((standards.folder("elm") / "examples" / name).read_text(encoding="utf-8"))
                report = elm_shapes.validate(document)
                self.assertEqual((report.focus_nodes, len(report.results)), (1, expected))

    def test_a_document_without_a_credential_never_conforms(self):
        document = copy.deepcopy(json.loads(case("D03-reference.jsonld")))
        document["type"] = ["VerifiableCredential"]
        report = elm_shapes.validate(document)
        self.assertEqual((report.focus_nodes, report.conforms), (0, False))

    def test_no_context_but_the_published_ones_is_looked_for(self):
        document = json.loads(case("D03-reference.jsonld"))
        document["@context"].append("https://example.org/mine")
        with self.assertRaises(jsonld.JsonLdError) as caught:
            elm_shapes.validate(document)
        self.assertEqual(caught.exception.__cause__.details["url"], "https://example.org/mine")


def load_tests(loader, _standard, _pattern):
    tests = on_each_engine(loader, __name__, ShapesSuite, base=AtTheDoor)
    tests.addTests(loader.loadTestsFromTestCase(TheShapesThemselves))
    return tests


if __name__ == "__main__":
    unittest.main()
