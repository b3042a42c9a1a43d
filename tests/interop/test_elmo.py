"""ELMO at the door of a node: what comes in goes out again, or a loss report names it. On both engines."""

import base64
import gzip
import unittest
from urllib.parse import parse_qs

import grpc
from lxml import etree

import elmo_compare
import elmo_generate
import standards
from client import credentials, refused
from nodes import Node, on_each_engine

CASES = standards.ROOT / "tests" / "vectors" / "cases"
ISSUER = "alpha.example"
INVALID, EXHAUSTED = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED


def case(name: str) -> bytes:
    folder = CASES if CASES.is_dir() else standards.ROOT.parent / "shared" / "cases"
    return (folder / name).read_bytes()


class AtTheDoor(unittest.TestCase):
    """A node of the issuer's own for each test class."""

    engine = "sqlite"

    @classmethod
    def setUpClass(cls):
        cls.node = Node(ISSUER, cls.engine)
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()
        cls.sis = cls.node.as_role("sis")

    def exported(self, document: bytes, report: int = 0) -> tuple[bytes, object, object]:
        """A document imported and exported again: the export, and both answers."""
        taken = self.sis.take(document)
        given = self.sis.export(taken.transcripts[report].name)
        self.assertEqual(standards.faults(given.document, "2.1.1"), [])
        return given.document, taken, given

    def assert_kept(self, document: bytes):
        """Every report comes out as it went in, but for what a loss report names."""
        taken = self.sis.take(document)
        self.assertEqual(sum(one.achievement_count for one in taken.transcripts), elmo_compare.count(document))
        for number, one in enumerate(taken.transcripts, 1):
            given = self.sis.export(one.name)
            self.assertEqual(standards.faults(given.document, "2.1.1"), [])
            losses = [loss.path for loss in [*taken.losses, *given.losses]]
            found = elmo_compare.differences(document, given.document, number)
            unnamed = elmo_compare.unexplained(found, losses)
            self.assertEqual(unnamed, [], "\n".join(map(str, unnamed)))
        return taken

    def assert_refused(self, document: bytes, code, reason: str):
        """Refused, and nothing stored."""
        before = len(self.sis.all_transcripts())
        with refused(code, reason) as refusal:
            self.sis.take(document)
        self.assertEqual(len(self.sis.all_transcripts()), before)
        return refusal


class GeneratedSuite:
    def test_three_hundred_generated_documents_come_out_as_they_went_in(self):
        for version, seed, document in elmo_generate.documents(ISSUER):
            with self.subTest(version=version, seed=seed):
                taken = self.assert_kept(document)
                self.assertEqual({one.outcome for one in taken.transcripts}, {credentials.OUTCOME_CREATED})

    def test_the_same_document_again_changes_nothing(self):
        document = elmo_generate.document("2.1.1", 4242, ISSUER)
        first, second = self.sis.take(document), self.sis.take(document)
        names = [[one.name for one in answer.transcripts] for answer in (first, second)]
        self.assertEqual(names[0], names[1])
        self.assertEqual({one.outcome for one in second.transcripts}, {credentials.OUTCOME_UNCHANGED})


class ExampleSuite:
    def example(self, name: str) -> bytes:
        return (standards.folder("elmo") / "examples" / name).read_bytes()

    def test_two_examples_of_the_standard_bring_seven_specifications(self):
        examples = ["own/elmo-2.1.1-sample.xml", "elmo-schemas-v1.7.0-example.xml"]
        taken = [self.assert_kept(self.example(name)) for name in examples]
        counts = [sum(one.achievement_count for one in answer.transcripts) for answer in taken]
        self.assertEqual(sum(counts), 7)

    def test_the_example_without_namespace_is_refused_with_what_is_accepted(self):
        refusal = self.assert_refused(self.example("implementation-guide-chapter6.xml"), INVALID, "NAMESPACE_UNKNOWN")
        for accepted in set(standards.NAMESPACES.values()):
            self.assertIn(accepted, str([*refusal.violations, refusal.message]))

    def test_the_ill_formed_example_is_refused(self):
        self.assert_refused(self.example("implementation-guide-catalogue-fragment.xml"), INVALID, "DOCUMENT_INVALID")


class CaseSuite:
    """The cases from the field, by the right answers of their table."""

    def test_e01_prefix_or_not_gives_equal_records_and_the_export_has_none(self):
        plain = self.sis.take(case("E01-default.xml")).transcripts[0]
        again = self.sis.take(case("E01-prefixed.xml")).transcripts[0]
        self.assertEqual((again.name, again.outcome), (plain.name, credentials.OUTCOME_UNCHANGED))
        self.assertIn(b"<elmo xmlns=", self.sis.export(plain.name).document)

    def test_e02_days_stay_as_written(self):
        document, _, _ = self.exported(case("E02-dates.xml"))
        self.assertEqual(elmo_compare.differences(case("E02-dates.xml"), document), [])

    def test_e02_a_day_that_never_was_is_a_fault_with_its_path(self):
        refusal = self.assert_refused(case("E02-baddate.xml"), INVALID, "DOCUMENT_INVALID")
        self.assertEqual([path.endswith("/learningOpportunityInstance[1]/date[1]") for path in refusal.fields], [True])

    def test_e03_grades_are_text_and_a_dangling_scheme_is_a_deviation(self):
        taken = self.assert_kept(case("E03-grades.xml"))
        places = [deviation.path for deviation in taken.deviations if "gradingSchemeLocalId" in deviation.path]
        self.assertEqual(len(places), 1)
        self.assertIn("learningOpportunitySpecification[6]", places[0])
        ungraded = self.sis.get(taken.transcripts[0].name).achievements[0]
        self.assertEqual((ungraded.HasField("grade"), ungraded.status), (False, "passed"))

    def test_e04_credits_are_exact_and_canonical(self):
        document, _, _ = self.exported(case("E04-credits-valid.xml"))
        credits = etree.fromstring(document).iter("{*}credit")
        told = [(credit.findtext("{*}scheme"), credit.findtext("{*}value")) for credit in credits]
        values = ["10", "5", "7.5", "0.5", "5", "0", None, "7.5"]
        self.assertEqual(told, [*(("ects", value) for value in values), ("local-points", "4.5")])

    def test_e04_a_comma_and_a_minus_are_two_faults_of_one_answer(self):
        refusal = self.assert_refused(case("E04-credits-comma.xml"), INVALID, "DOCUMENT_INVALID")
        self.assertEqual(len(refusal.fields), 2)
        for number, path in enumerate(refusal.fields, 1):
            self.assertIn(f"/learningOpportunitySpecification[{number}]/", path)

    def test_e05_credits_on_two_levels_of_a_branch_are_a_deviation(self):
        taken = self.assert_kept(case("E05-double-credits.xml"))
        self.assertIn("learningOpportunitySpecification[1]", taken.deviations[0].path)

    def test_e06_language_tags_are_kept_and_a_second_title_is_a_loss(self):
        taken = self.assert_kept(case("E06-codes.xml"))
        shown = self.sis.get(taken.transcripts[0].name)
        tags = [title.language for title in shown.achievements[0].titles]
        self.assertEqual(tags[:5], ["FI", "no", "nn", "sr-Latn", "und"])
        given = self.sis.export(taken.transcripts[0].name)
        lost = [elmo_compare.plain(loss.path) for loss in [*taken.losses, *given.losses]]
        self.assertTrue(any(path.endswith("/title[7]") for path in lost), lost)
        self.assertTrue(any(path.endswith("/languageOfInstruction") for path in lost), lost)
        self.assertEqual(shown.learner.citizenships[0].code, "SS")

    def test_e07_a_document_of_1_7_leaves_with_the_names_and_dates_that_2_1_wants(self):
        document, _, _ = self.exported(case("E07-source-1.7.xml"))
        learner = etree.fromstring(document).find("{*}learner")
        said = {name: learner.findtext(f"{{*}}{name}") for name in ("givenNames", "familyName", "dateOfBirth", "bday")}
        self.assertEqual(list(said.values()), ["Δείγμα", "Παράδειγμα-Şnek Łącznik", "2004-02-29", "2004-02-29"])
        self.assertEqual(learner.findtext("{*}alternativeName"), "Δείγμα Παράδειγμα-Şnek Łącznik")

    def test_e07_of_two_birth_dates_the_newer_element_wins(self):
        document, taken, _ = self.exported(case("E07-two-birth-dates.xml"))
        self.assertTrue(any("bday" in deviation.path or "dateOfBirth" in deviation.path for deviation in taken.deviations))
        self.assertEqual(etree.fromstring(document).find("{*}learner").findtext("{*}dateOfBirth"), "2004-02-29")

    def test_e07_an_unknown_day_is_a_fault(self):
        refusal = self.assert_refused(case("E07-unknown-day.xml"), INVALID, "DOCUMENT_INVALID")
        self.assertEqual(len(refusal.fields), 1)
        self.assertIn("dateOfBirth", refusal.fields[0])

    def test_e09_containers_and_encodings_are_recognised_by_content(self):
        form = parse_qs(case("E09-form.txt").decode())["elmo"][0].encode()
        forms = {name: case(name) for name in ("E09-gzip.b64", "E09-plain.b64", "E09-mime-wrapped.b64", "E09-bom.xml", "E09-utf16.xml")}
        forms |= {"E09-form.txt": form, "gzip itself": base64.b64decode(case("E09-gzip.b64"))}
        for name, document in forms.items():
            with self.subTest(name):
                self.assertEqual(len(self.sis.take(document).transcripts), 1)

    def test_e09_a_file_that_lies_about_its_encoding_is_refused(self):
        refusal = self.assert_refused(case("E09-lies-about-encoding.xml"), INVALID, "DOCUMENT_INVALID")
        self.assertIn("encoding", str([*refusal.violations, refusal.message]))

    def test_e09_a_plus_that_became_a_space_is_refused_with_that_hint(self):
        refusal = self.assert_refused(case("E09-plus-to-space.b64"), INVALID, "DOCUMENT_INVALID")
        self.assertIn("+", str([*refusal.violations, refusal.message]))

    def test_e13_placeholders_import_and_cannot_be_sent(self):
        taken = self.assert_kept(case("E13-placeholders-1.7.xml"))
        self.assertGreater(len(taken.deviations), 0)
        with refused(grpc.StatusCode.PERMISSION_DENIED, "NOT_DATA_OWNER"):
            self.sis.send(taken.transcripts[0].name, "beta.example")


class BadInputSuite:
    def test_a_document_type_is_refused_before_anything_is_expanded(self):
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        for name, subset in {"empty": "", "laughs": f'<!ENTITY l0 "ha">{laughs}'}.items():
            with self.subTest(name):
                document = f'<!DOCTYPE elmo [{subset}]><elmo xmlns="{standards.NAMESPACES["2.1.1"]}"/>'
                self.assert_refused(document.encode(), INVALID, "DOCUMENT_INVALID")

    def test_an_unknown_namespace_is_named_with_what_is_accepted(self):
        refusal = self.assert_refused(b'<elmo xmlns="urn:example:other"/>', INVALID, "NAMESPACE_UNKNOWN")
        told = str([*refusal.violations, refusal.message])
        for namespace in ["urn:example:other", *standards.NAMESPACES.values()]:
            self.assertIn(namespace, told)

    def test_an_issuer_without_identifier_is_a_fault_with_its_path(self):
        root = etree.fromstring(case("E01-default.xml"))
        identifier = root.find("{*}report/{*}issuer/{*}identifier")
        identifier.getparent().remove(identifier)
        refusal = self.assert_refused(etree.tostring(root), INVALID, "FIELD_MISSING")
        self.assertTrue(any("/issuer" in path for path in refusal.fields), refusal.fields)

    def test_all_faults_of_a_document_come_in_one_answer(self):
        root = etree.fromstring(case("E04-credits-comma.xml"))
        root.find("{*}report/{*}learningOpportunitySpecification/{*}specifies//{*}date").text = "2025-02-29"
        root.find("{*}report/{*}issueDate").text = "yesterday"
        refusal = self.assert_refused(etree.tostring(root), INVALID, "DOCUMENT_INVALID")
        self.assertEqual(len(refusal.fields), 4)

    def test_what_exceeds_a_cap_is_refused_with_the_setting(self):
        structure = b"<elmo xmlns='%s'>%s</elmo>" % (standards.NAMESPACES["2.1.1"].encode(), b"<report/>" * 300_000)
        squeezed = gzip.compress(b"<elmo>" + b" " * 200_000_000)
        content = b"data:application/pdf;base64," + b"QUJD" * 4_000_000
        attachment = case("E01-default.xml").replace(b"</elmo>", b"<attachment><content>%s</content></attachment></elmo>" % content)
        for name, document in {"structure": structure, "decompressed": squeezed, "attachment": attachment}.items():
            with self.subTest(name):
                refusal = self.assert_refused(document, EXHAUSTED, "TOO_LARGE")
                self.assertTrue(refusal.metadata or "max" in refusal.message, str(refusal))


SUITES = (GeneratedSuite, ExampleSuite, CaseSuite, BadInputSuite)


def load_tests(loader, _standard, _pattern):
    return on_each_engine(loader, __name__, *SUITES, base=AtTheDoor)


if __name__ == "__main__":
    unittest.main()
