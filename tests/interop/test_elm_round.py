"""ELMO became ELM and came back, and the other way round: equal but for what the loss reports name. On both engines."""

import copy
import json
import os
import re
import unittest

from lxml import etree

import elm_compare
import elmo_generate
import standards
from client import credentials, transcripts
from nodes import Node, on_each_engine
from test_elm import EXAMPLES, RECORD, example
from test_elmo import case
from test_journey import JourneySuite

CREDENTIALS = [name for name, outcome in EXAMPLES.items() if len(outcome) == 2]
CASES = [
    "D02-term-of-3.1.jsonld",
    "D02-term-of-3.2.jsonld",
    "D03-reference.jsonld",
    "D03-shapes.jsonld",
    "D05-wrapped.json",
    "D05-graph.jsonld",
    "D05-presentation.json",
    "D06-sealed.jsonld",
    "D06-payload-base64url-but-b64-false.jsonld",
    "D11-no-display.jsonld",
]
# Members of an export that say nothing of the record: what is in every credential of the node, the class of a node, what is
# repeated because the shapes want it again, and how a code was spelled.
SILENT = re.compile(
    r"\$\.(id|issuer|credentialProfiles|credentialSchema|validFrom)\b|\.type$"
    r"|(hasPart|provenBy|influencedBy|hasClaim\[[1-9]\d*\])(\[\d+\])?\.awardedBy\.awardingBody|(provenBy|influencedBy)\.awardedBy"
    r"|\.(specifiedBy|provenBy|influencedBy|learningOpportunity|gradingScheme)\.title|\.providedBy"
    r"|(countryCode|citizenshipCountry|language)\.altLabel|contentEncoding|gradingScheme\.identifier\.schemeName"
)


def lost(*answers) -> list[str]:
    """The paths that the loss reports name, and those where a node has another type than its class, which is not kept."""
    types = [it.path for answer in answers for it in getattr(answer, "deviations", []) if it.code == "TYPE_OTHER"]
    return types + [loss.path for answer in answers for loss in answer.losses]


def every(step: int):
    """The generated documents: all of them in the long form."""
    step = 1 if os.environ.get("HEI_LONG") == "1" else step
    return ((version, seed, document) for version, seed, document in elmo_generate.documents() if seed % step == 0)


def said(record):
    """What a record says, without what belongs to the node's own keeping of it."""
    for field in transcripts.Transcript.DESCRIPTOR.fields:
        if field.name not in RECORD:
            record.ClearField(field.name)
    return record


class RoundSuite:
    """Two nodes, so that the second knows nothing of the first form."""

    engine = "sqlite"

    @classmethod
    def setUpClass(cls):
        nodes = [Node("alpha.example", cls.engine), Node("beta.example", cls.engine)]
        for node in nodes:
            cls.addClassCleanup(node.remove)
            node.start()
        cls.here, cls.there = (node.as_role("sis") for node in nodes)

    def through(self, document: bytes, form: int):
        """Each record of a document in the other form, taken by the other node: its number, the bytes, the name there, all losses."""
        taken = self.here.take(document)
        for number, one in enumerate(taken.transcripts):
            other = self.here.export(one.name, form)
            again = self.there.take(other.document)
            self.assertEqual(len(again.transcripts), 1)
            yield number, other, again.transcripts[0].name, lost(taken, other), lost(again)

    def assert_same(self, before, after, losses: list[str], report: int = 1):
        unnamed = elm_compare.unexplained(elm_compare.differences(before, after), losses, report)
        self.assertEqual(unnamed, [], "\n".join(map(str, unnamed)))

    def test_elmo_says_the_same_as_elm_and_comes_back_from_it_as_it_was(self):
        for version, seed, document in every(3):
            for number, other, name, losses, more in self.through(document, credentials.FORMAT_ELM):
                with self.subTest(version=version, seed=seed, report=number + 1):
                    before = elm_compare.read(document, number + 1)
                    self.assert_same(before, elm_compare.read(other.document), losses, number + 1)
                    back = self.there.export(name)
                    self.assertEqual(standards.faults(back.document, "2.1.1"), [])
                    exact = elm_compare.read(document, number + 1, exact=True)
                    losses = losses + more + lost(back)
                    self.assert_same(exact, elm_compare.read(back.document, exact=True), losses, number + 1)

    def test_the_cases_of_elmo_come_back_from_elm_as_they_were(self):
        for name in ["E01-prefixed", "E02-dates", "E03-grades", "E04-credits-valid", "E05-double-credits", "E06-codes", "E07-source-1.7"]:
            document = case(f"{name}.xml")
            for number, _, there, losses, more in self.through(document, credentials.FORMAT_ELM):
                with self.subTest(name):
                    back = self.there.export(there)
                    before = elm_compare.read(document, number + 1, exact=True)
                    self.assert_same(before, elm_compare.read(back.document, exact=True), losses + more + lost(back))

    def test_every_published_credential_says_the_same_as_elmo_and_comes_back_from_it_as_it_was(self):
        for name in [*CREDENTIALS, *CASES]:
            document = case(name) if name in CASES else example(name)
            for _, other, there, losses, more in self.through(document, credentials.FORMAT_ELMO):
                with self.subTest(name):
                    self.assertEqual(standards.faults(other.document, "2.1.1"), [])
                    self.assert_same(elm_compare.read(document), elm_compare.read(other.document), losses)
                    self.assert_comes_back(document, [there], losses + more)

    def test_the_nodes_own_credentials_come_back_from_elmo_as_they_were(self):
        for version, seed, document in every(10):
            for one in self.here.take(document).transcripts:
                own = self.here.export(one.name, credentials.FORMAT_ELM).document
                for _, _, there, losses, more in self.through(own, credentials.FORMAT_ELMO):
                    with self.subTest(version=version, seed=seed):
                        self.assert_comes_back(own, [there], losses + more)

    def test_a_joint_award_comes_back_as_one_record_for_each_body(self):
        document, records, losses = case("D07-mandated-joint.jsonld"), [], []
        for number, other, there, some, more in self.through(document, credentials.FORMAT_ELMO):
            found = elm_compare.differences(elm_compare.read(document, body=number), elm_compare.read(other.document))
            left = elm_compare.unexplained(found, some)
            # Both have the same identifier, so that their names come first.
            self.assertEqual([(it.fact.what, it.fact.value[0], it.gone) for it in left], [("institution id", "name", False)])
            records.append(there)
            losses += some + more
        self.assertEqual(len(records), 2)
        self.assert_comes_back(document, records, losses)

    def assert_comes_back(self, document: bytes, there: list[str], losses: list[str]):
        """Every value of the credential is there again, and none that stood nowhere in it."""
        backs = [self.there.export(it, credentials.FORMAT_ELM) for it in there]
        losses = losses + lost(*backs)
        gone = elm_compare.leaves_lost(document, [it.document for it in backs], losses)
        new = [leaf for it in backs for leaf in elm_compare.leaves_invented(document, it.document, losses)]
        self.assertEqual((gone, new), ([], []))

    def test_a_change_of_any_value_of_an_export_would_be_found(self):
        """The comparison across the two standards is blind to nothing that a record says."""
        document = smallest_with("resultDistribution", "academicTerm", "gradingScheme", "attachment", "level", "engagementHours")
        taken = self.here.take(document)
        given = self.here.export(taken.transcripts[0].name, credentials.FORMAT_ELM)
        before, whole, tried = elm_compare.read(document), json.loads(given.document), 0
        losses = lost(taken, given)
        self.assert_same(before, elm_compare.read(given.document), losses)
        leaves, named = elm_compare.leaves(given.document), elm_compare.places(losses)
        for path, steps in values(whole, "$", ()):
            changed = replaced(whole, steps)
            silent = SILENT.search(path) or elm_compare.within(elm_compare.plain(path), named)
            if not silent and elm_compare.leaves(changed) != leaves:
                found = elm_compare.differences(before, elm_compare.read(changed))
                self.assertTrue(elm_compare.unexplained(found, losses), path)
                tried += 1
        self.assertGreater(tried, 40)


def smallest_with(*elements: str) -> bytes:
    """A generated document of one report, as small as can be, in which all of these occur."""
    made = [document for version, _, document in elmo_generate.documents() if version == "2.1.1"]
    fits = [it for it in made if len(etree.fromstring(it).findall("{*}report")) == 1]
    return min((it for it in fits if all(f"<{name}" in it.decode() for name in elements)), key=len)


def values(node, path: str, steps: tuple):
    """Every value with its path and the steps to it."""
    if isinstance(node, dict):
        for name, it in node.items():
            yield from values(it, f"{path}.{name}", (*steps, name))
    elif isinstance(node, list):
        for index, it in enumerate(node):
            yield from values(it, f"{path}[{index}]", (*steps, index))
    else:
        yield path, steps


def replaced(whole, steps: tuple) -> bytes:
    """The document with another value there, of the same kind."""
    other = copy.deepcopy(whole)
    node = other
    for step in steps[:-1]:
        node = node[step]
    old = str(node[steps[-1]])
    node[steps[-1]] = f"{old}97" if re.fullmatch(r"[\d.]+", old) else f"{old}x"
    return json.dumps(other).encode()


class OneRecordSuite:
    """The receiver sees one record, in whichever form it was sent."""

    engine = "sqlite"
    setUpClass = classmethod(JourneySuite.setUpClass.__func__)
    delivered = JourneySuite.delivered

    def received(self) -> set[str]:
        return {it.name for it in self.registrar.all_transcripts() if it.sender == "peers/alpha.example"}

    def arrived(self, name: str, form: int, there: set[str]):
        """What the receiver has after a record was sent in a form: its name, and the answer to the sender."""
        sent = self.sis.send(name, "beta.example", format=form)
        self.delivered(sent.message)
        (one,) = self.received() - there
        return one, sent

    def test_what_loses_nothing_is_the_same_record_in_whichever_form_it_came(self):
        for document in [case("E01-default.xml"), case("E02-dates.xml"), case("E05-double-credits.xml")]:
            taken, there, seen = self.sis.take(document).transcripts[0].name, self.received(), []
            for form in (credentials.FORMAT_SOURCE, credentials.FORMAT_ELMO, credentials.FORMAT_ELM):
                one, sent = self.arrived(taken, form, there)
                # An empty grade stands where the shapes want one, and says that there is none.
                self.assertLessEqual({it.code for it in sent.losses}, {"GENERATED_DATE", "FILLED"})
                seen.append((one, said(self.registrar.get(one))))
            self.assertEqual(seen[0], seen[1])
            self.assertEqual(seen[0], seen[2])

    def test_what_loses_something_is_the_same_but_for_what_the_sender_was_told(self):
        for seed in range(6):
            taken, there = self.sis.take(elmo_generate.document("2.1.1", 2000 + seed)).transcripts[0].name, self.received()
            one, as_elmo = self.arrived(taken, credentials.FORMAT_ELMO, there)
            first = self.registrar.export(one)
            same, as_elm = self.arrived(taken, credentials.FORMAT_ELM, there)
            second = self.registrar.export(same)
            self.assertEqual(same, one)
            found = elm_compare.differences(elm_compare.read(first.document, exact=True), elm_compare.read(second.document, exact=True))
            unnamed = elm_compare.unexplained(found, lost(as_elmo, as_elm))
            self.assertEqual(unnamed, [], "\n".join(map(str, unnamed)))

    def test_a_sealed_container_is_sent_on_as_it_came(self):
        own = self.sis.take(elmo_generate.document("2.1.1", 2100)).transcripts[0].name
        sealed = json.loads(case("D06-sealed.jsonld"))
        sealed["payload"] = self.sis.export(own, credentials.FORMAT_ELM).document.decode()
        container = json.dumps(sealed, ensure_ascii=False, indent=1).encode()
        taken, there = self.sis.take(container).transcripts[0].name, self.received()
        one, _ = self.arrived(taken, credentials.FORMAT_UNSPECIFIED, there)
        kept = self.registrar.export(one, credentials.FORMAT_SOURCE)
        self.assertEqual((kept.document, kept.media_type), (container, "application/jose+json"))
        self.assertEqual(self.registrar.get(one).source_signature, transcripts.SOURCE_SIGNATURE_NOT_CHECKED)


def load_tests(loader, _standard, _pattern):
    return on_each_engine(loader, __name__, RoundSuite, OneRecordSuite)


if __name__ == "__main__":
    unittest.main()
