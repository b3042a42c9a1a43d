"""European Digital Credentials at the door of a node: what is taken, what is refused and why. On both engines."""

import copy
import json
import unittest

import grpc

import standards
from client import credentials, refused, transcripts
from nodes import Node, on_each_engine
from test_elmo import ISSUER, AtTheDoor, case

INVALID = grpc.StatusCode.INVALID_ARGUMENT
FOLDERS = ("edc-official", "edc-mynextid", "edc-edci")
GONE = ("CONTEXT_UNKNOWN", "$['@context'][1]", "dev.everisdx.io")
NOT_ONE = ("DOCUMENT_INVALID", "$['@graph']", "there is no European Digital Credential in it")
EMPTY = ("DOCUMENT_INVALID", "$.verifiableCredential", "there is no European Digital Credential in it")
# Every published file by name: what it brings (achievements, activities), or why it is refused: the reason, where, in words.
EXAMPLES = {
    "edc-official/Sample-MC-Annex1-signed.jsonld": (1, 0),
    "edc-official/Sample-MC-Annex1-unsigned.jsonld": (1, 0),
    "edc-official/Sample-MC-Annex1-unsigned-uploadable.json": (1, 0),
    "edc-official/elm31-credential-sample.jsonld": (1, 0),
    "edc-official/elm32-credential-sample.jsonld": (1, 0),
    "edc-mynextid/edc-mc-signed.jsonld": (1, 0),
    "edc-official/Sample-CertOfPart-signed.jsonld": (0, 1),
    "edc-official/Sample-CertOfPart-unsigned.jsonld": (0, 1),
    "edc-official/Sample-CertOfPart-unsigned-uploadable.json": (0, 1),
    "edc-mynextid/edc-coa-signed.jsonld": (0, 1),
    "edc-mynextid/edc-coe-signed.jsonld": (0, 1),
    "edc-mynextid/edc-cps-signed.jsonld": (0, 1),
    "edc-mynextid/edc-dc-signed.jsonld": (0, 1),
    # Documents of 2022 name contexts on a host that is gone.
    "edc-edci/credential-jws-invalid.jsonld": GONE,
    "edc-edci/edci-signed-credential-2022.jsonld": GONE,
    # Organisations and accreditations, and a frame, with contexts of their own.
    "edc-edci/ams-json-ld.jsonld": NOT_ONE,
    "edc-edci/edci-Sample.jsonld": NOT_ONE,
    "edc-edci/edci-frame.jsonld": ("CONTEXT_UNKNOWN", "$.type", 'the type must have "EuropeanDigitalCredential"'),
    # Presentations that hold no credential.
    "edc-edci/json_sealed_advanced.json": EMPTY,
    "edc-edci/json_to_seal-signed-jades-baseline-lta.json": EMPTY,
    # Rules for a seal checker, in XML.
    "edc-edci/dss-validation-policy-customConstraint.xml": ("DOCUMENT_INVALID", "/ConstraintsParameters", "<elmo> is expected"),
}
# What a record says; the rest says where it came from.
RECORD = ("learner", "issuer", "issue_date", "achievements", "grading_schemes", "attachments", "activities")


def example(name: str) -> bytes:
    return (standards.folder("elm") / "examples" / name).read_bytes()


def codes(notes) -> list[tuple[str, str]]:
    """The path and the code of deviations or losses."""
    return [(it.path, it.code) for it in notes]


class CredentialDoor(AtTheDoor):
    """What several suites do."""

    def assert_bytes_back(self, document: bytes):
        taken = self.sis.take(document)
        for one in taken.transcripts:
            given = self.sis.export(one.name, credentials.FORMAT_SOURCE)
            self.assertTrue(given.document == document and not given.losses, "other bytes came back")
        return taken

    def record(self, name: str):
        """The answer to the import of a case, and its record without what belongs to the node's own keeping of it."""
        taken = self.sis.take(case(name))
        self.assertEqual(len(taken.transcripts), 1)
        said = self.sis.get(taken.transcripts[0].name)
        for field in transcripts.Transcript.DESCRIPTOR.fields:
            if field.name not in RECORD:
                said.ClearField(field.name)
        return taken, said


class ExampleSuite:
    def test_every_published_example_has_the_outcome_that_the_table_says(self):
        for name, expected in EXAMPLES.items():
            with self.subTest(name):
                if len(expected) == 2:
                    taken = self.sis.take(example(name)).transcripts
                    self.assertEqual([(it.achievement_count, it.activity_count) for it in taken], [expected])
                else:
                    self.assert_refused_by(name, *expected)

    def assert_refused_by(self, name: str, reason: str, field: str, words: str):
        refusal = self.assert_refused(example(name), INVALID, reason)
        told = [it.description for it in refusal.violations if it.field == field]
        self.assertTrue(any(words in it for it in told), f"{words!r} at {field}: {refusal.violations}")

    def test_the_table_leaves_out_no_file(self):
        there = {f"{part}/{it.name}" for part in FOLDERS for it in (standards.folder("elm") / "examples" / part).iterdir()}
        self.assertEqual(set(EXAMPLES), there)
        kinds = [sum(1 for it in EXAMPLES.values() if it[:2] == kind) for kind in ((1, 0), (0, 1))]
        self.assertEqual([*kinds, sum(1 for it in EXAMPLES.values() if len(it) == 3)], [6, 7, 8])

    def test_the_bytes_of_every_example_come_back_unchanged(self):
        for name in (name for name, expected in EXAMPLES.items() if "-signed" in name and len(expected) == 2):
            with self.subTest(name):
                self.assert_bytes_back(example(name))


class CaseSuite:
    """The cases from the field, by the right answers of their table."""

    def test_d02_both_contents_of_the_context_are_known_and_export_writes_3_2(self):
        for name, standard in [("D02-term-of-3.1.jsonld", "ELM 3.1"), ("D02-term-of-3.2.jsonld", "ELM 3.2")]:
            taken, said = self.record(name)
            self.assertEqual(taken.standard, standard)
            results = said.achievements[0].result_distribution.categories
            self.assertEqual([(it.label, it.count) for it in results], [("A", "11"), ("B", "24")])
            written = self.sis.export(taken.transcripts[0].name, credentials.FORMAT_ELM).document
            self.assertTrue(b'"resultDistribution"' in written and b"Destribution" not in written)

    def test_d02_a_key_that_the_chosen_context_does_not_define_is_lost_and_named(self):
        for name, other in [("D02-term-of-3.2.jsonld", "resultDestribution"), ("D03-reference.jsonld", "favouriteColour")]:
            document = json.loads(case(name))
            document["credentialSubject"]["hasClaim"][0]["provenBy"][0]["grade"][other] = "x"
            taken = self.sis.take(json.dumps(document).encode())
            place = f"$.credentialSubject.hasClaim[0].provenBy[0].grade.{other}"
            self.assertIn((place, "TERM_UNKNOWN"), codes(taken.losses))

    def test_d03_every_shape_of_a_value_gives_the_same_record(self):
        reference, expected = self.record("D03-reference.jsonld")
        shapes, said = self.record("D03-shapes.jsonld")
        self.assertEqual(codes(reference.deviations), [])
        self.assertIn(("$.issuer.legalName", "LANGUAGE_MISSING"), codes(shapes.deviations))
        # The shapes have two titles that the reference has not.
        more = [it for it in said.achievements[0].titles if it not in expected.achievements[0].titles]
        self.assertEqual([it.language for it in more], ["fi", "en-GB"])
        expected.achievements[0].titles.extend(more)
        self.assertEqual(said, expected)

    def test_d05_a_wrapped_credential_is_the_bare_one(self):
        bare, expected = self.record("D03-reference.jsonld")
        for name in ["D05-wrapped.json", "D05-graph.jsonld", "D05-presentation.json"]:
            taken, said = self.record(name)
            self.assertEqual((said, taken.transcripts[0].name), (expected, bare.transcripts[0].name), name)

    def test_d05_all_that_is_wrong_is_told_at_once(self):
        refusal = self.assert_refused(case("D05-epoch-millis.jsonld"), INVALID, "FIELD_MISSING")
        dates = ["$.issuanceDate", "$.issued", "$.validFrom"]
        self.assertEqual(sorted(refusal.fields), ["$.credentialSubject", *dates[:2], "$.issuer", dates[2], "$['@context']"])
        told = " ".join(it.description for it in refusal.violations)
        for found in ["the number 1770113730000", 'the string "urn:epass:org:1"', 'the string "urn:epass:person:1"']:
            self.assertIn(found, told)

    def test_d06_a_container_is_kept_as_received_and_its_seal_is_not_checked(self):
        for name in ["sealed", "sealed-ascii-escaped-container", "payload-reserialised", "payload-base64url-but-b64-false"]:
            with self.subTest(name):
                # All four say the same, so that after the first one the others change nothing.
                self.another_node()
                taken = self.assert_bytes_back(case(f"D06-{name}.jsonld"))
                shown = self.sis.get(taken.transcripts[0].name)
                self.assertEqual(shown.source_signature, transcripts.SOURCE_SIGNATURE_NOT_CHECKED)
                titles = [it.text for it in shown.achievements[0].titles]
                self.assertEqual(titles, ["Databases", "Jäähallin tietokannat", "Βάσεις δεδομένων"])

    def another_node(self):
        node = Node(ISSUER, self.engine)
        self.addCleanup(node.remove)
        self.sis = node.start().as_role("sis")

    def test_d07_each_awarding_body_has_a_record_and_the_sealer_has_none(self):
        taken = self.sis.take(case("D07-mandated-joint.jsonld"))
        records = [self.sis.get(it.name) for it in taken.transcripts]
        names = [it.issuer.titles[0].text for it in records]
        self.assertEqual(names, ["Alpha Example University", "Beta Example College"])
        self.assertEqual([len(it.achievements) for it in records], [1, 1])
        for one in taken.transcripts:
            for form in (credentials.FORMAT_ELMO, credentials.FORMAT_ELM):
                document = self.sis.export(one.name, form).document
                self.assertNotIn(b"Sealing Service Example", document)

    def test_d11_without_a_display_the_record_is_complete(self):
        _, expected = self.record("D03-reference.jsonld")
        taken, said = self.record("D11-no-display.jsonld")
        missing = ["$.credentialProfiles", "$.credentialSchema", "$.displayParameter"]
        self.assertEqual(sorted(codes(taken.deviations)), [(it, "MISSING") for it in missing])
        self.assertEqual(said, expected)


class BadInputSuite:
    def document(self):
        return json.loads(case("D03-reference.jsonld"))

    def test_a_context_that_is_not_in_the_list_is_refused_with_the_list(self):
        strange = self.document()
        strange["@context"].append("https://example.org/mine")
        refusal = self.assert_refused(json.dumps(strange).encode(), INVALID, "CONTEXT_UNKNOWN")
        self.assertEqual(refusal.fields, ["$['@context'][2]"])
        self.assertIn("http://data.europa.eu/snb/model/context/edc-ap", refusal.violations[0].description)

    def test_a_document_in_which_the_shapes_would_find_nothing_wrong_is_refused(self):
        other = self.document()
        other["type"] = ["VerifiableCredential"]
        self.assertEqual(self.assert_refused(json.dumps(other).encode(), INVALID, "DOCUMENT_INVALID").fields, ["$.type"])

    def test_two_nodes_with_one_id_stay_two(self):
        document = self.document()
        claim = document["credentialSubject"]["hasClaim"][0]
        other = copy.deepcopy(claim)
        other["title"] = {"en": ["Another course"]}
        document["credentialSubject"]["hasClaim"].append(other)
        taken = self.sis.take(json.dumps(document).encode())
        self.assertEqual(taken.transcripts[0].achievement_count, 2)
        self.assertIn("ID_SHARED", [it.code for it in taken.deviations])

    def test_a_dry_run_changes_nothing(self):
        before = self.sis.all_transcripts()
        taken = self.sis.take(case("D03-reference.jsonld"), validate_only=True)
        self.assertEqual((len(taken.transcripts), taken.standard), (1, "ELM 3.2"))
        self.assertEqual(self.sis.all_transcripts(), before)


SUITES = (ExampleSuite, CaseSuite, BadInputSuite)


def load_tests(loader, _standard, _pattern):
    return on_each_engine(loader, __name__, *SUITES, base=CredentialDoor)


if __name__ == "__main__":
    unittest.main()
