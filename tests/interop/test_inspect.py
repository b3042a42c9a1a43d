"""`hei-node inspect`: what a document is and says, without a node and without a network."""

import json
import os
import subprocess
import tempfile
import unittest

import standards

NODE = os.environ["HEI_NODE_BIN"]
CASES = standards.ROOT / "tests" / "vectors" / "cases"


def inspect(*arguments, stdin: bytes = b"") -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as empty:
        return subprocess.run([NODE, *arguments], input=stdin, capture_output=True, cwd=empty, timeout=60)


def told(file, stdin: bytes = b"") -> tuple[int, dict]:
    done = inspect("--json", "inspect", str(file), stdin=stdin)
    (line,) = done.stdout.decode().splitlines()
    return done.returncode, json.loads(line)


class Inspect(unittest.TestCase):
    def test_a_document_says_what_it_is_who_issued_it_for_whom_and_what_each_form_would_lose(self):
        for name, standard, wrapping in [
            ("E03-grades.xml", "ELMO 2.1", "XML"),
            ("E09-gzip.b64", "ELMO 2.1", "base64"),
            ("E13-placeholders-1.7.xml", "ELMO 1.6/1.7", "XML"),
            ("D03-reference.jsonld", "ELM 3.2", "JSON-LD"),
            ("D02-term-of-3.1.jsonld", "ELM 3.1", "JSON-LD"),
            ("D05-graph.jsonld", "ELM 3.2", "node of a @graph"),
            ("D05-presentation.json", "ELM 3.2", "verifiable presentation"),
            ("D06-sealed.jsonld", "ELM 3.2", "sealed container (JAdES)"),
        ]:
            with self.subTest(name):
                status, found = told(CASES / name)
                self.assertEqual((status, found["standard"], found["wrapping"]), (0, standard, wrapping))
                self.assertEqual(found["faults"], [])
                for one in found["transcripts"]:
                    self.assertTrue(one["issuer"]["identifiers"])
                    self.assertTrue(one["learner"]["familyName"])
                    self.assertEqual(set(one["losses"]), {"elmo", "elm"})
        _, found = told(CASES / "E03-grades.xml")
        self.assertEqual(
            [one["grade"] for one in found["transcripts"][0]["achievements"]],
            [None, "HYV", "02", "30 e lode", "1,3", "4.0"],
        )
        self.assertEqual([one["code"] for one in found["deviations"]], ["GRADING_SCHEME_UNKNOWN"])
        _, sealed = told(CASES / "D06-sealed.jsonld")
        self.assertEqual(sealed["transcripts"][0]["signature"], "not checked")
        _, joint = told(CASES / "D07-mandated-joint.jsonld")
        sealer = joint["credentialIssuer"]["titles"][0]["text"]
        awarding = [one["issuer"]["titles"][0]["text"] for one in joint["transcripts"]]
        self.assertEqual(len(awarding), 2)
        self.assertNotIn(sealer, awarding)

    def test_a_fault_ends_with_1_and_every_fault_has_its_path(self):
        status, found = told(CASES / "D05-epoch-millis.jsonld")
        self.assertEqual((status, found["looksLike"]), (1, "JSON"))
        paths = {fault["path"] for fault in found["faults"]}
        expected = {"$.validFrom", "$.issued", "$.issuanceDate", "$.issuer", "$.credentialSubject", "$['@context']"}
        self.assertEqual(paths, expected)
        status, found = told("-", stdin=b"%PDF-1.7")
        self.assertEqual((status, found["looksLike"]), (1, "nothing that is known here"))
        self.assertIn("PDF", found["faults"][0]["text"])

    def test_what_cannot_be_read_is_no_verdict_on_the_document(self):
        self.assertEqual(inspect("inspect", "there-is-no-such-file").returncode, 3)

    def test_people_read_a_table_in_which_no_document_steers_their_terminal(self):
        text = (CASES / "D03-reference.jsonld").read_text()
        hostile = text.replace("Databases", "\\u009b2JDatabases\\u202Egnp", 1)
        done = inspect("inspect", "-", stdin=hostile.encode())
        table = done.stdout.decode()
        self.assertEqual(done.returncode, 0, table)
        for word in ["ELM 3.2", "Alpha Example University", "Given Example", "7.5 ects", "would be lost"]:
            self.assertIn(word, table)
        self.assertIn("\\u{9b}2JDatabases\\u{202e}gnp", table)
        self.assertNotIn("\x9b", table)


if __name__ == "__main__":
    unittest.main()
