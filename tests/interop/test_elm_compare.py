"""The comparer of ELM itself: unable to overlook a change, and to excuse one that no loss names."""

import json
import unittest

import elm_compare
import facts_elm
import test_compare
from test_elm import example
from test_elm_round import replaced, values
from test_elmo import case


def changed(document: bytes, change) -> bytes:
    """The document after a change of its first achievement."""
    whole = json.loads(document)
    change(facts_elm.first(whole["credentialSubject"]["hasClaim"]))
    return json.dumps(whole).encode()


class ComparerOfFacts(unittest.TestCase):
    def test_every_kind_of_change_of_an_elmo_document_is_found(self):
        for version in test_compare.VERSIONS:
            for kind, (expression, change) in test_compare.MUTATIONS.items():
                with self.subTest(version=version, kind=kind):
                    source = test_compare.containing(version, expression)
                    before = elm_compare.read(source, exact=True)
                    self.assertEqual(elm_compare.differences(before, elm_compare.read(source, exact=True)), [])
                    after = elm_compare.read(test_compare.changed(source, expression, change), exact=True)
                    self.assertNotEqual(elm_compare.differences(before, after), [])

    def test_other_forms_of_the_same_value_are_no_difference(self):
        reference = elm_compare.read(case("D03-reference.jsonld"))
        for name in ["D05-wrapped.json", "D05-graph.jsonld", "D05-presentation.json", "D11-no-display.jsonld"]:
            self.assertEqual(elm_compare.differences(reference, elm_compare.read(case(name))), [], name)
        titles = elm_compare.differences(reference, elm_compare.read(case("D03-shapes.jsonld")))
        self.assertEqual([(it.fact.what, it.fact.language, it.gone) for it in titles], [("title", "fi", False), ("title", "en-GB", False)])

    def test_a_loss_explains_the_difference_at_its_place_and_no_other(self):
        source = test_compare.rich("2.1.1")
        part = f"{test_compare.PART}/e:title"
        after = test_compare.changed(source, part, test_compare.text("another"))
        found = elm_compare.differences(elm_compare.read(source), elm_compare.read(after))
        gone, _ = found
        self.assertEqual(gone.fact.place, "1.1")
        for path in gone.fact.paths():
            self.assertEqual(elm_compare.unexplained(found, [path]), [])
        report, claim = "/elmo/report[1]", "$.credentialSubject.hasClaim"
        part = f"{report}/learningOpportunitySpecification[1]/hasPart[1]/learningOpportunitySpecification[1]"
        for elsewhere in ["/elmo", report, part, f"{part}/url[1]", f"{part}/title[9]", f"{part}/hasPart[1]"]:
            self.assertEqual(elm_compare.unexplained(found, [elsewhere]), found, elsewhere)
        for elsewhere in ["$", claim, f"{claim}[1]", f"{claim}[0].title", f"{claim}[0].hasPart", f"{claim}[0].hasPart[0].title.xx"]:
            self.assertEqual(elm_compare.unexplained(found, [elsewhere]), found, elsewhere)
        other_report = [path.replace("/report/", "/report[2]/") for path in gone.fact.paths() if path.startswith("/")]
        self.assertEqual(elm_compare.unexplained(found, other_report), found)


class ComparerOfLeaves(unittest.TestCase):
    def test_every_value_that_changes_is_lost_and_invented(self):
        """Or it is one of the few that say nothing: the name of a node, a label that belongs to a public list."""
        document = example("edc-official/Sample-MC-Annex1-unsigned.jsonld")
        known, tried = elm_compare.leaves(document), 0
        self.assertEqual(elm_compare.leaves_lost(document, [document], []), [])
        self.assertEqual(elm_compare.leaves_invented(document, document, []), [])
        for path, steps in values(json.loads(document), "$", ()):
            after = replaced(json.loads(document), steps)
            if elm_compare.leaves(after) == known:
                self.assertRegex(path, r"\.(id|type(\[\d\])?|notation|prefLabel\.\w+)$|@context")
            elif not elm_compare.ENVELOPE.match(path) and not path.endswith((".id", ".type")):
                self.assertNotEqual(elm_compare.leaves_invented(document, after, []), [], path)
                if ".awardedBy" not in path:  # What repeats the award of its achievement said nothing before.
                    self.assertNotEqual(elm_compare.leaves_lost(document, [after], []), [], path)
                tried += 1
        self.assertGreater(tried, 50)

    def test_a_value_that_is_gone_is_lost_unless_its_place_is_named(self):
        document = case("D03-reference.jsonld")
        after = changed(document, lambda claim: facts_elm.first(claim["creditReceived"]).pop("point"))
        (gone,) = elm_compare.leaves_lost(document, [after], [])
        self.assertEqual(gone.path, "$.credentialSubject.hasClaim[0].creditReceived.point")
        for named in [gone.path, "$.credentialSubject.hasClaim[0].creditReceived[0]", "$.credentialSubject.hasClaim[0]"]:
            self.assertEqual(elm_compare.leaves_lost(document, [after], [named]), [], named)
        for elsewhere in ["$", "$.credentialSubject", "$.credentialSubject.hasClaim", "$.credentialSubject.hasClaim[1]", "$.issued"]:
            self.assertEqual(elm_compare.leaves_lost(document, [after], [elsewhere]), [gone], elsewhere)

    def test_what_elmo_lost_is_looked_for_at_its_place_in_elm(self):
        document = case("D03-reference.jsonld")
        after = changed(document, lambda claim: claim.pop("title"))
        title = "/elmo/report[1]/learningOpportunitySpecification[1]/title[1]"
        self.assertEqual(elm_compare.leaves_lost(document, [after], [title]), [])
        self.assertNotEqual(elm_compare.leaves_lost(document, [after], [title.replace("title", "url")]), [])

    def test_an_award_that_is_repeated_is_said_once_and_another_award_is_not(self):
        document = case("D03-reference.jsonld")

        def repeat(claim):
            facts_elm.first(claim["provenBy"])["awardedBy"] = claim["awardedBy"]

        def other(claim):
            repeat(claim)
            claim["provenBy"] = json.loads(json.dumps(claim["provenBy"]))
            facts_elm.first(facts_elm.first(claim["provenBy"])["awardedBy"])["awardingDate"] = "1999-12-31T00:00:00Z"

        once, twice = changed(document, repeat), changed(document, other)
        self.assertFalse(any("provenBy.awardedBy" in it.path for it in elm_compare.leaves(once)))
        self.assertTrue(any("provenBy.awardedBy.awardingDate" in it.path for it in elm_compare.leaves(twice)))


if __name__ == "__main__":
    unittest.main()
