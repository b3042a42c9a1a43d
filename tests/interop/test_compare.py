"""The generator and the comparer themselves: valid, repeatable, and unable to overlook a change."""

import unittest

from lxml import etree

import elmo_compare
import elmo_generate
import standards

VERSIONS = list(elmo_generate.COUNTS)


def rich(version: str) -> bytes:
    """A document with parts, several titles, grades, levels, a term: the largest of the set."""
    return elmo_generate.document(version, 25)


def changed(document: bytes, expression: str, change) -> bytes:
    """The document after a change of the first element that the expression finds."""
    root = etree.fromstring(document)
    found = root.xpath(expression, namespaces={"e": etree.QName(root).namespace})
    assert found, f"no {expression} in the document"
    change(found[0])
    return etree.tostring(root)


def text(value: str):
    def change(element):
        element.text = value

    return change


def attribute(name: str, value: str):
    return lambda element: element.set(name, value)


def remove(element):
    element.getparent().remove(element)


def move_up(element):
    """A part of a part becomes a part of the report."""
    report = element
    while etree.QName(report).localname != "report":
        report = report.getparent()
    specification = element[0]
    remove(element)
    report.insert(1, specification)


PART = "//e:hasPart/e:learningOpportunitySpecification"
MUTATIONS = {
    "institution id": ("//e:issuer/e:identifier[@type='schac']", text("beta.example")),
    "course code": ("//e:learningOpportunitySpecification/e:identifier[@type='local']", text("XX-1")),
    "type of an identifier": ("//e:learningOpportunitySpecification/e:identifier", attribute("type", "other")),
    "text of a title": (f"{PART}/e:title", text("another")),
    "language of a title": (f"{PART}/e:title", attribute(elmo_compare.XML_LANG, "de")),
    "missing title": ("//e:learningOpportunitySpecification/e:title[2]", remove),
    "credits": ("//e:credit/e:value[. != '0.1']", text("0.1")),
    "credits that round to the same": ("//e:credit/e:value", text("7.50000000000000000001")),
    "missing credits": ("//e:credit/e:value", remove),
    "scheme of the credits": ("//e:credit/e:scheme", text("points")),
    "leading zero of a grade": ("//e:resultLabel[. = '02']", text("2")),
    "comma of a grade": ("//e:resultLabel[. = '1,3']", text("1.3")),
    "composed letter of a grade": ("//e:resultLabel[starts-with(., 'tre')]", text("très bien")),
    "missing grade": ("//e:resultLabel", remove),
    "day": ("//e:learningOpportunityInstance/e:date", text("1999-12-31")),
    "offset of a day": ("//e:learningOpportunityInstance/e:date[contains(., '-11:00')]", lambda e: text(e.text[:10])(e)),
    "issue date": ("//e:issueDate", text("1999-12-31T00:00:00Z")),
    "end of a term": ("//e:academicTerm/e:end", text("1999-12-31")),
    "level": ("//e:level[e:type = 'EQF']/e:value", text("1")),
    "missing level": ("//e:level", remove),
    "status": ("//e:learningOpportunityInstance/e:status[. = 'failed']", remove),
    "missing specification": ("//e:report/e:learningOpportunitySpecification", remove),
    "parent of a specification": ("//e:hasPart[not(.//e:hasPart)]", move_up),
}


class Generator(unittest.TestCase):
    def test_every_document_is_valid_by_the_official_schema(self):
        for version, seed, document in elmo_generate.documents():
            with self.subTest(version=version, seed=seed):
                self.assertEqual(standards.faults(document, version), [])

    def test_the_schema_check_finds_a_fault(self):
        for version in VERSIONS:
            with self.subTest(version):
                broken = changed(rich(version), "//e:issueDate", remove)
                self.assertNotEqual(standards.faults(broken, version), [])

    def test_the_set_has_three_hundred_documents_up_to_sixty_courses_and_four_levels(self):
        made = [document for _, _, document in elmo_generate.documents()]
        self.assertEqual((len(made), len(set(made))), (300, 300))
        self.assertEqual(max(map(elmo_compare.count, made)), 60)
        self.assertEqual(max(map(depth, made)), 4)

    def test_the_same_seed_gives_the_same_bytes(self):
        for version in VERSIONS:
            self.assertEqual(elmo_generate.document(version, 7), elmo_generate.document(version, 7))


class Comparer(unittest.TestCase):
    def test_a_document_does_not_differ_from_itself(self):
        for version in VERSIONS:
            self.assertEqual(elmo_compare.differences(rich(version), rich(version)), [])

    def test_every_kind_of_change_is_found(self):
        for version in VERSIONS:
            for kind, (expression, change) in MUTATIONS.items():
                with self.subTest(version=version, kind=kind):
                    source = containing(version, expression)
                    self.assertNotEqual(elmo_compare.differences(source, changed(source, expression, change)), [])

    def test_other_forms_of_the_same_number_are_no_difference(self):
        source = changed(rich("2.1.1"), "//e:credit/e:value", text("10.000"))
        for form in ["10", "+10.0", "010."]:
            self.assertEqual(elmo_compare.differences(source, changed(source, "//e:credit/e:value", text(form))), [])

    def test_a_loss_explains_the_difference_at_its_place_and_no_other(self):
        source = rich("2.1.1")
        found = elmo_compare.differences(source, changed(source, f"{PART}/e:title", text("another")))
        self.assertEqual(elmo_compare.unexplained(found, [found[0].path]), found[1:])
        for elsewhere in ["/elmo", "/elmo/report[1]", found[0].path.rsplit("/", 1)[0], "/elmo/extension"]:
            self.assertEqual(elmo_compare.unexplained(found, [elsewhere]), found)


def containing(version: str, expression: str) -> bytes:
    """A document of the set in which the expression finds something in the first report."""
    for seed in range(elmo_generate.COUNTS[version]):
        document = elmo_generate.document(version, seed)
        root = etree.fromstring(document)
        if root.xpath(expression, namespaces={"e": etree.QName(root).namespace}):
            return document
    raise AssertionError(f"no document of {version} has {expression}")


def depth(document: bytes) -> int:
    def below(items: list) -> int:
        return max((1 + below(elmo_compare.parts(item)) for item in items), default=0)

    tops = [elmo_compare.children(report, "learningOpportunitySpecification") for report in elmo_compare.reports(document)]
    return max(map(below, tops))


if __name__ == "__main__":
    unittest.main()
