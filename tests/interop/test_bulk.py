"""Import in bulk, from outside: folders and ZIP archives, killed and resumed, one row a document, memory flat.

Folders go row by row, archives by a job of the node."""

import io
import json
import os
import re
import signal
import struct
import subprocess
import tempfile
import time
import unittest
import zipfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import elmo_generate
import standards
from nodes import Node, binary

ISSUER = "alpha.example"
ROWS = 10_000 if os.environ.get("HEI_LONG") == "1" else 400
# For what shows with a hundred as well.
FEW_ROWS = 100
SECONDS_MAX = 1800
# The command waits for its reader after these, so a test decides how far it is, not time.
PIPE_BYTES = 4096
MEMORY_GROWTH_MAX = 1.3
DOCUMENT_BYTES_MAX = 17 * 1024 * 1024
KIB = 1024
# Of an entry in the central directory (APPNOTE 4.3.12).
CENTRAL_HEADER_BYTES, DECLARED_SIZE_AT = 46, 24
# So much would be in memory at least if the contents were.
PADDING_BYTES = 40 * KIB * KIB // ROWS


@cache
def document(seed: int) -> bytes:
    return elmo_generate.document("2.1.1", seed, ISSUER)


class Importing:
    """The command while it runs. It goes on as fast as its rows are read."""

    def __init__(self, node: Node, *arguments: str):
        command = [binary(), "--config", str(node.config), "--json", "import", "transcript", *map(str, arguments)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, pipesize=PIPE_BYTES
        )
        self.peak_kib = 0

    def lines(self, count: int | None = None) -> list[dict]:
        """So many lines, or the rest."""
        taken = []
        while count is None or len(taken) < count:
            line = self.process.stdout.readline()
            if not line:
                break
            taken.append(json.loads(line))
            self.measure()
        return taken

    def measure(self) -> None:
        """The peak of its resident memory so far, as the kernel counts it."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        except FileNotFoundError:
            return
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        self.peak_kib = int(peak[1]) if peak else self.peak_kib

    def end(self) -> int:
        return self.process.wait(SECONDS_MAX)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@contextmanager
def importing(node: Node, *arguments: str):
    """Ends with the block, whatever happens in it."""
    command = Importing(node, *arguments)
    try:
        yield command
    finally:
        command.kill()


def run(node: Node, *arguments: str) -> tuple[int, list[dict], dict]:
    """The command from beginning to end: its status, its rows, its summary."""
    with importing(node, *arguments) as command:
        lines = command.lines()
        status = command.end()
    return status, [line for line in lines if "source" in line], lines[-1].get("summary")


def report_rows(report: Path) -> list[dict]:
    """The rows, without the head and what went to the node whole; a torn one would not be JSON."""
    lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()][1:]
    return [line for line in lines if "source" in line]


class Bulk(unittest.TestCase):
    """A new node and a new folder for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hei-bulk-")
        self.addCleanup(folder.cleanup)
        self.place = Path(folder.name)
        self.node = Node(ISSUER)
        self.addCleanup(self.node.remove)
        self.node.start()

    def folder(self, count: int, name: str = "exports", padding: int = 0) -> Path:
        """Documents in folders in a folder."""
        for seed in range(count):
            file = self.place / name / f"{seed % 7}" / f"{seed:05}.xml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(document(seed) + b"\n" * padding)
        return self.place / name

    def archive(self, count: int, name: str = "exports.zip", padding: int = 0) -> Path:
        with zipfile.ZipFile(self.place / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.mkdir("all")
            for seed in range(count):
                archive.writestr(f"all/{seed % 7}/{seed:05}.xml", document(seed) + b"\n" * padding)
        return self.place / name

    def report(self, source: Path) -> Path:
        return source.with_name(source.name + ".import.jsonl")

    def assert_each_once(self, report: Path, count: int):
        """One row a document, one record a report of a document, and no other."""
        rows = report_rows(report)
        self.assertEqual(len({row["source"] for row in rows}), count)
        self.assertEqual(len(rows), count)
        named = [one["name"] for row in rows for one in row.get("transcripts", [])]
        stored = [one.name for one in self.node.as_role("sis").all_transcripts()]
        self.assertEqual(sorted(named), sorted(stored))
        self.assertEqual(len(set(stored)), len(stored))


class ResumedSuite:
    """The same for each kind of source."""

    def test_killed_half_way_and_started_again_it_goes_on_and_imports_nothing_twice(self):
        source = self.source(ROWS)
        report = self.report(source)
        with importing(self.node, source) as command:
            command.lines(ROWS // 2)
        done = report.read_bytes().count(b'"source":')
        self.assertGreaterEqual(done, ROWS // 2)
        self.assertLess(done, ROWS)
        status, rows, summary = run(self.node, source)
        self.assertEqual(status, 0)
        self.assertEqual(len(rows), ROWS - summary["doneBefore"])
        # One row may have been torn by the kill; what was on its way is "created" all the same.
        self.assertIn(summary["doneBefore"], (done, done - 1))
        self.assertEqual(summary["doneBefore"] + summary["created"], ROWS)
        self.assertTrue(summary["complete"])
        self.assert_each_once(report, ROWS)

    def test_memory_does_not_grow_with_the_number_of_documents(self):
        peaks = []
        for count in (ROWS // 8, ROWS):
            with importing(self.node, self.source(count, f"{count}", PADDING_BYTES)) as command:
                command.lines()
                self.assertEqual(command.end(), 0)
            peaks.append(command.peak_kib)
        print(f"peak memory of the command: {peaks[0]} KiB for {ROWS // 8}, {peaks[1]} KiB for {ROWS}")
        self.assertGreater(peaks[0], 0)
        self.assertLess(peaks[1], peaks[0] * MEMORY_GROWTH_MAX)


class Folder(ResumedSuite, Bulk):
    source = Bulk.folder


class Archive(ResumedSuite, Bulk):
    source = Bulk.archive


class Rows(Bulk):
    def test_a_refused_row_says_why_and_stops_none_of_the_others(self):
        folder = self.folder(30)
        broken = folder / "3" / "00003.xml"
        broken.write_bytes(document(3).replace(b"issueDate>", b"issueDate>x", 1))
        status, rows, summary = run(self.node, folder)
        refused = [row for row in rows if row["outcome"] == "refused"]
        self.assertEqual((status, summary["created"], summary["refused"]), (1, 29, 1))
        self.assertEqual([row["source"] for row in refused], [str(broken)])
        self.assertEqual(refused[0]["error"]["reason"], "DOCUMENT_INVALID")
        self.assertTrue(all(fault["field"] for fault in refused[0]["error"]["violations"]))
        self.assert_each_once(self.report(folder), 30)
        with self.subTest("the next run leaves it, and does not call it well"):
            status, rows, summary = run(self.node, folder)
            self.assertEqual((status, rows, summary["doneBefore"], summary["refusedBefore"]), (1, [], 30, 1))
        with self.subTest("it is tried again where that is asked for"):
            status, rows, summary = run(self.node, folder, "--retry-refused")
            self.assertEqual((status, summary["doneBefore"], summary["refused"]), (1, 29, 1))
        with self.subTest("a file that was put right is another document"):
            broken.write_bytes(document(3))
            status, rows, summary = run(self.node, folder)
            self.assertEqual((status, summary["doneBefore"], summary["created"]), (0, 29, 1))

    def test_a_row_says_what_the_document_was_and_what_became_of_it(self):
        folder = self.folder(1)
        _, rows, _ = run(self.node, folder)
        self.assertEqual(rows, report_rows(self.report(folder)))
        row = rows[0]
        self.assertEqual((row["outcome"], row["standard"]), ("created", "ELMO 2.1"))
        self.assertEqual(row["deviationCount"], len(row["deviations"]))
        one = row["transcripts"][0]
        stored = self.node.as_role("sis").get(one["name"])
        self.assertEqual((one["etag"], one["activities"]), (stored.etag, 0))
        self.assertGreater(one["achievements"], 0)

    def test_without_the_report_the_node_itself_knows_what_it_has(self):
        folder = self.folder(10)
        self.assertEqual(run(self.node, folder)[2]["created"], 10)
        self.assertEqual(run(self.node, folder, "--restart")[2]["unchanged"], 10)
        self.assert_each_once(self.report(folder), 10)

    def test_a_dry_run_stores_nothing_and_its_report_is_of_no_import(self):
        folder = self.folder(3)
        status, rows, summary = run(self.node, folder, "--dry-run")
        self.assertEqual((status, summary["created"], rows[0]["transcripts"][0]["name"]), (0, 3, ""))
        self.assertEqual(self.node.as_role("sis").all_transcripts(), [])
        self.assertEqual(run(self.node, folder, "--report", summary["report"])[0], 2)
        self.assertEqual(run(self.node, folder)[2]["created"], 3)

    def test_hidden_files_and_reports_are_left_out(self):
        folder = self.folder(2)
        (folder / ".hidden.xml").write_bytes(document(8))
        (folder / ".folder").mkdir()
        (folder / ".folder" / "x.xml").write_bytes(document(9))
        report = folder / "own-report"
        for _ in range(2):
            _, _, summary = run(self.node, folder, "--report", report)
            self.assertEqual((summary["rows"], summary["hidden"]), (2, 2))

    def test_files_folders_and_archives_come_in_by_one_command(self):
        single = self.place / "single.xml"
        single.write_bytes(document(100))
        archive = self.archive(3)
        inside = self.folder(2)
        (inside / "more.zip").write_bytes(archive.read_bytes())
        status, rows, _ = run(self.node, single, inside, archive, "--parallel", "1")
        self.assertEqual(status, 0)
        names = [row["source"].removeprefix(str(self.place)) for row in rows]
        entries = [f"all/{seed}/0000{seed}.xml" for seed in range(3)]
        within = [f"/exports/{seed}/0000{seed}.xml" for seed in range(2)]
        zipped = [f"{name}!{entry}" for name in ("/exports/more.zip", "/exports.zip") for entry in entries]
        self.assertEqual(names, ["/single.xml", *within, *zipped])
        # Two documents lie in the folder and in the archives, the third in both archives.
        self.assertEqual([row["outcome"] for row in rows].count("created"), 4)


class Reports(Bulk):
    def test_a_torn_last_line_is_a_row_that_is_not_done(self):
        folder = self.folder(3)
        run(self.node, folder)
        report = self.report(folder)
        report.write_bytes(report.read_bytes()[:-40])
        _, _, summary = run(self.node, folder)
        self.assertEqual((summary["doneBefore"], summary["created"]), (2, 1))
        self.assert_each_once(report, 3)

    def test_two_imports_do_not_write_one_report(self):
        folder = self.folder(FEW_ROWS)
        with importing(self.node, folder) as first:
            first.lines(1)
            with importing(self.node, folder) as second:
                told = second.lines()
                self.assertEqual((second.end(), told[0]["error"]["reason"]), (3, "REPORT_IN_USE"))
            first.lines()
            self.assertEqual(first.end(), 0)
        self.assert_each_once(self.report(folder), FEW_ROWS)

    def test_a_file_that_is_no_report_is_left_as_it_is(self):
        folder, file = self.folder(1), self.place / "theirs"
        for content in (document(1), b"no line end"):
            file.write_bytes(content)
            self.assertEqual(run(self.node, folder, "--report", file, "--restart")[0], 2)
            self.assertEqual(file.read_bytes(), content)


class Interrupted(Bulk):
    def test_sigterm_finishes_what_is_on_its_way_and_says_how_to_go_on(self):
        folder = self.folder(FEW_ROWS)
        with importing(self.node, folder) as command:
            command.lines(FEW_ROWS // 4)
            command.process.send_signal(signal.SIGTERM)
            *rows, summary, why = command.lines()
            self.assertEqual(command.end(), 3)
        done = FEW_ROWS // 4 + len(rows)
        self.assertLess(done, FEW_ROWS)
        self.assertEqual(why["error"]["reason"], "INTERRUPTED")
        self.assertIn(f"{done} of {FEW_ROWS}", why["error"]["message"])
        self.assertFalse(summary["summary"]["complete"])
        _, _, summary = run(self.node, folder)
        self.assertEqual((summary["doneBefore"], summary["created"]), (done, FEW_ROWS - done))
        self.assert_each_once(self.report(folder), FEW_ROWS)

    def test_a_node_that_starts_anew_meanwhile_is_waited_for(self):
        folder = self.folder(FEW_ROWS)
        with importing(self.node, folder) as command:
            rows = command.lines(FEW_ROWS // 2)
            self.node.stop()
            self.node.start()
            *more, summary = command.lines()
            self.assertEqual((command.end(), len(rows) + len(more)), (0, FEW_ROWS))
        self.assertEqual(summary["summary"]["created"], FEW_ROWS)
        self.assert_each_once(self.report(folder), FEW_ROWS)

    def test_without_a_node_it_stops_and_goes_on_once_there_is_one(self):
        folder = self.folder(FEW_ROWS)
        with importing(self.node, folder) as command:
            command.lines(FEW_ROWS // 2)
            self.node.process.kill()
            self.node.process.wait()
            *_, summary, why = command.lines()
            self.assertEqual(command.end(), 3)
        self.assertIn("goes on", why["error"]["message"])
        self.node.stop()
        self.node.start()
        status, _, last = run(self.node, folder)
        self.assertEqual((status, last["doneBefore"]), (0, summary["summary"]["created"]))
        self.assertEqual(last["doneBefore"] + last["created"], FEW_ROWS)
        self.assert_each_once(self.report(folder), FEW_ROWS)


class AtTheNode(Bulk):
    """An archive goes to the node whole, and the import is the node's."""

    def operation(self, archive: Path) -> str:
        """As the report names it; an archive has one line for each time that it went to the node."""
        lines = [json.loads(line) for line in self.report(archive).read_text(encoding="utf-8").splitlines()]
        [begun] = [line for line in lines if "archive" in line]
        return begun["operation"]

    def state(self, operation: str) -> str:
        shown = [binary(), "--config", str(self.node.config), "--json", "jobs", "show", operation]
        return json.loads(subprocess.run(shown, capture_output=True, text=True, check=True).stdout)["state"]

    def test_it_goes_on_without_the_command_which_finds_it_again(self):
        archive = self.archive(FEW_ROWS)
        with importing(self.node, archive) as command:
            command.lines(1)
        operation = self.operation(archive)
        deadline = time.monotonic() + SECONDS_MAX
        while self.state(operation) != "succeeded":
            self.assertLess(time.monotonic(), deadline)
        self.assertGreaterEqual(len(self.node.as_role("sis").all_transcripts()), FEW_ROWS)
        status, rows, summary = run(self.node, archive)
        self.assertEqual((status, summary["doneBefore"] + summary["created"]), (0, FEW_ROWS))
        self.assertEqual({row["operation"] for row in rows} | {operation}, {self.operation(archive)})
        self.assert_each_once(self.report(archive), FEW_ROWS)
        with self.subTest("another archive of that name is another import"):
            self.archive(FEW_ROWS + 1)
            _, _, summary = run(self.node, archive)
            self.assertEqual((summary["unchanged"], summary["created"]), (FEW_ROWS, 1))

    def test_a_node_that_is_killed_goes_on_and_the_command_follows_it(self):
        archive = self.archive(ROWS)
        with importing(self.node, archive) as command:
            rows = command.lines(1)
            self.node.process.kill()
            self.node.process.wait()
            self.node.stop()
            self.node.start()
            *more, summary = command.lines()
            self.assertEqual((command.end(), len(rows) + len(more)), (0, ROWS))
        self.assertEqual(summary["summary"]["created"], ROWS)
        self.assert_each_once(self.report(archive), ROWS)

    def test_ended_by_somebody_it_is_begun_again_by_the_same_command(self):
        archive = self.archive(ROWS)
        with importing(self.node, archive) as command:
            command.lines(1)
            cancel = [binary(), "--config", str(self.node.config), "jobs", "cancel", self.operation(archive)]
            subprocess.run(cancel, capture_output=True, check=True)
            *_, last, summary = command.lines()
            self.assertEqual(command.end(), 1)
        self.assertEqual((last["outcome"], last["error"]["reason"]), ("failed", "IMPORT_ENDED"))
        status, rows, summary = run(self.node, archive)
        self.assertEqual((status, len(rows), summary["created"] + summary["unchanged"]), (0, ROWS, ROWS))
        named = [one["name"] for row in rows for one in row["transcripts"]]
        self.assertEqual(sorted(named), sorted(one.name for one in self.node.as_role("sis").all_transcripts()))


class Entries(Bulk):
    """Archives as they come: each entry that cannot be read has its reason, and the others are imported."""

    def imported(self, content: bytes) -> tuple[dict[str, str], list[dict]]:
        """An archive with one good entry more: what became of each entry, by name."""
        archive = self.place / "a.zip"
        archive.write_bytes(content)
        _, rows, _ = run(self.node, archive)
        told = {row["source"].split("!", 1)[1]: row.get("error", {}).get("reason", row["outcome"]) for row in rows}
        self.assertEqual(told.pop("good.xml"), "created")
        return told, rows

    def packed(self, **entries) -> bytes:
        """Entries and the good one, which comes last. Values are bytes, or (bytes, method)."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {**entries, "good.xml": document(0)}.items():
                content, method = content if isinstance(content, tuple) else (content, zipfile.ZIP_DEFLATED)
                archive.writestr(name, content, compress_type=method)
        return out.getvalue()

    def test_an_encrypted_entry(self):
        content = bytearray(self.packed(secret=document(1)))
        for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            content[content.index(signature) + flags] |= 1
        self.assertEqual(self.imported(bytes(content))[0], {"secret": "ENTRY_ENCRYPTED"})

    def test_a_compression_that_is_not_read(self):
        content = self.packed(squeezed=(document(1), zipfile.ZIP_BZIP2))
        told, rows = self.imported(content)
        self.assertEqual(told, {"squeezed": "COMPRESSION_UNSUPPORTED"})
        self.assertIn("deflate", next(row for row in rows if "error" in row)["error"]["message"])

    def test_an_archive_in_an_archive(self):
        self.assertEqual(self.imported(self.packed(inner=self.packed()))[0], {"inner": "ARCHIVE_NESTED"})

    def test_an_entry_that_is_larger_than_a_document_may_be_whatever_it_declares(self):
        large = self.packed(large=b" " * (DOCUMENT_BYTES_MAX + KIB), lying=b" " * (DOCUMENT_BYTES_MAX + KIB))
        content = bytearray(large)
        declared = content.index(b"lying", content.index(b"PK\x01\x02")) - CENTRAL_HEADER_BYTES + DECLARED_SIZE_AT
        struct.pack_into("<I", content, declared, 10)
        self.assertEqual(self.imported(bytes(content))[0], {"large": "TOO_LARGE", "lying": "ENTRY_UNREADABLE"})

    def test_an_entry_whose_bytes_were_damaged(self):
        content = self.packed(damaged=(document(1), zipfile.ZIP_STORED))
        content = content.replace(b"<learner>", b"<Learner>", 1).replace(b":learner>", b":Learner>", 1)
        self.assertEqual(self.imported(content)[0], {"damaged": "ENTRY_UNREADABLE"})

    def test_zip64_and_hidden_entries_and_names_that_would_steer_a_terminal(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.mkdir("folder")
            with archive.open("folder/../../64.xml", "w", force_zip64=True) as entry:
                entry.write(document(1))
            archive.writestr("__MACOSX/._64.xml", b"x")
            archive.writestr("red\x1b[31m\u202e.xml", document(2))
            archive.writestr("good.xml", document(0))
        told, _ = self.imported(out.getvalue())
        self.assertEqual(told, {"folder/../../64.xml": "created", "red\x1b[31m\u202e.xml": "created"})
        command = [binary(), "--config", self.node.config, "import", "transcript", self.place / "a.zip", "--restart"]
        broken = self.packed(**{"red\x1b[31m.xml": b"<elmo>"})
        (self.place / "a.zip").write_bytes(broken)
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(shown.returncode, 1)
        self.assertIn("red\\u{1b}[31m.xml", shown.stdout)
        self.assertNotIn("\x1b", shown.stdout)

    def test_more_entries_than_the_old_form_of_an_archive_can_count(self):
        empty = io.BytesIO()
        with zipfile.ZipFile(empty, "w") as archive:
            for number in range(65_536):
                archive.writestr(f".{number}", b"")
            archive.writestr("good.xml", document(0))
        self.assertEqual(self.imported(empty.getvalue())[0], {})

    def test_two_entries_of_one_name_are_not_passed_over_in_silence(self):
        archive = self.place / "twice.zip"
        # Names of one length; the writer itself would warn of equal ones.
        archive.write_bytes(self.packed(other_1=document(1), other_2=document(2)).replace(b"other_2", b"other_1"))
        status, rows, _ = run(self.node, archive)
        self.assertEqual(status, 1)
        reasons = {row["source"]: row["error"]["reason"] for row in rows if "error" in row}
        self.assertEqual(reasons, {str(archive): "ARCHIVE_AMBIGUOUS"})

    def test_an_archive_that_was_cut_off(self):
        archive = self.place / "half.zip"
        archive.write_bytes(self.packed(other=document(1))[:-100])
        status, rows, _ = run(self.node, archive)
        self.assertEqual((status, [row["error"]["reason"] for row in rows]), (1, ["ARCHIVE_UNREADABLE"]))


if __name__ == "__main__":
    unittest.main()
