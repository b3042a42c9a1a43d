"""The demo, judged from outside: what it says, and what stands in the databases that it leaves behind."""

import json
import os
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

import proof
from client import descriptors, envelopes, transcripts
from nodes import binary

DEMO_SECONDS_MAX = 120


def rows(folder: Path, query: str) -> list[dict]:
    """Rows of a node's database, opened so that nothing can be written."""
    with sqlite3.connect(f"file:{folder / 'node.db'}?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(query)]


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="hei-demo-")
        cls.addClassCleanup(folder.cleanup)
        command = [binary(), "demo", "--once", "--json", "--folder", folder.name]
        cls.done = subprocess.run(command, capture_output=True, text=True, timeout=DEMO_SECONDS_MAX, check=False)
        lines = cls.done.stdout.splitlines()
        cls.lines = [json.loads(line) for line in lines]

    def folder(self, domain: str) -> Path:
        return Path(self.lines[-1]["folders"][domain])

    def test_the_journey_is_complete_and_the_folders_are_kept(self):
        self.assertEqual(self.done.returncode, 0, self.done.stdout + self.done.stderr)
        last = self.lines[-1]
        self.assertEqual(last["journey"], "complete")
        self.assertGreaterEqual(last["receiptsVerified"], 1)
        self.assertEqual([os.path.isdir(folder) for folder in last["folders"].values()], [True] * 3)

    def test_the_receipt_in_a_verifies_with_the_key_in_b_s_descriptor(self):
        pinned = rows(self.folder("alpha.example"), "SELECT descriptor FROM peer_descriptors")
        told = [descriptors.NodeDescriptor.FromString(row["descriptor"]) for row in pinned]
        receipts = rows(self.folder("alpha.example"), "SELECT receipt, receipt_signature FROM outbox WHERE receipt IS NOT NULL")
        self.assertEqual(len(receipts), self.lines[-1]["receiptsVerified"])
        for row in receipts:
            signed = envelopes.SignedReceipt(receipt=row["receipt"], signature=row["receipt_signature"])
            receiver = envelopes.Receipt.FromString(signed.receipt).receiver
            by = [descriptor for descriptor in told if descriptor.institution == receiver]
            self.assertEqual(proof.receipt(signed, by[-1]).receiver, receiver)

    def test_b_has_the_achievements_of_the_imported_file(self):
        sent, received = (self.transcripts(place) for place in ("alpha.example", "beta.example"))
        self.assertGreater(len(received), 0)
        known = [list(one.achievements) for one in sent]
        for one in received:
            self.assertIn(list(one.achievements), known)

    def transcripts(self, place: str) -> list:
        return [transcripts.Transcript.FromString(row["body"]) for row in rows(self.folder(place), "SELECT body FROM uc6_transcripts")]


if __name__ == "__main__":
    unittest.main()
