"""Compares an ELMO document that went in with the one that came out, report by report.

Knows the ELMO schema and nothing of the node. A difference is fair only where a loss report names its
place. Compared: identifiers of the institution, course codes, titles in each language, credits as exact
decimals, grade labels byte for byte, dates as written, levels, status, grading scheme, and the tree of
specifications by position.

    python elmo_compare.py SOURCE EXPORTED [--report N]     prints the differences; status 1 if there are any
"""

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lxml import etree

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CONTAINERS = {"elmo", "report", "learningOpportunitySpecification", "learningOpportunityInstance", "specifies", "hasPart"}


@dataclass(frozen=True)
class Difference:
    """Something that is not the same on both sides. `path` counts in the source document."""

    path: str
    what: str
    source: object
    exported: object

    def __str__(self):
        return f"{self.path}: {self.what}: {self.source!r} became {self.exported!r}"


@dataclass(frozen=True)
class Fact:
    """One comparable thing of a document, with its place."""

    path: str
    what: str
    value: object


def differences(source: bytes, exported: bytes, report: int = 1) -> list[Difference]:
    """What the export of report number `report` of the source changed."""
    before, after = reports(source), reports(exported)
    if len(after) != 1:
        return [Difference("/elmo", "reports in an export", 1, len(after))]
    base = f"/elmo/report[{report}]"
    found = compare(facts_of_report(before[report - 1], base), facts_of_report(after[0], base))
    learner = "/elmo/learner[1]"
    found += compare(birth(etree.fromstring(source), learner), birth(etree.fromstring(exported), learner))
    return found + compare_trees(before[report - 1], after[0], base)


def unexplained(found: list[Difference], losses: list[str]) -> list[Difference]:
    """The differences that no loss names."""
    return [difference for difference in found if not any(explains(loss, difference) for loss in losses)]


def explains(loss: str, difference: Difference) -> bool:
    """A loss explains a difference at its own place or within it, unless it names a whole container."""
    lost, changed = plain(loss), plain(difference.path)
    if lost.rsplit("/", 1)[-1].split("[")[0] in CONTAINERS:
        return lost == changed
    return changed == lost or changed.startswith(lost + "/")


def plain(path: str) -> str:
    """A path without prefixes and without the numbers that say nothing."""
    return re.sub(r"/\w+:(?=\w)", "/", path).replace("[1]", "").rstrip("/")


# Reading ELMO


def reports(document: bytes) -> list:
    return children(etree.fromstring(document), "report")


def children(parent, name: str) -> list:
    return [child for child in parent if isinstance(child.tag, str) and etree.QName(child).localname == name]


def child(parent, *names):
    for name in names:
        found = children(parent, name) if parent is not None else []
        parent = found[0] if found else None
    return parent


def text(element) -> str | None:
    """A token as the schema reads it: white space at the ends counts for nothing, the rest byte for byte."""
    return None if element is None else (element.text or "").strip(" \t\r\n")


def numbered(parent, name: str, base: str):
    """Each child of a name with its path."""
    return [(found, f"{base}/{name}[{n}]") for n, found in enumerate(children(parent, name), 1)]


def instance(specification):
    return child(specification, "specifies", "learningOpportunityInstance")


def parts(specification) -> list:
    return [child(part, "learningOpportunitySpecification") for part in children(specification, "hasPart")]


def decimal(written: str | None):
    """The exact number of an xs:decimal; `5.` and `.5` are fine there."""
    return None if written is None else Decimal(written)


def scheme(written: str | None) -> str | None:
    """ECTS is one scheme however it is spelled; all others are as written."""
    return written.lower() if written and written.lower() == "ects" else written


# Facts


def birth(root, base: str) -> list[Fact]:
    learner = child(root, "learner")
    day = text(child(learner, "dateOfBirth")) or text(child(learner, "bday"))
    return [Fact(f"{base}/dateOfBirth", "date of birth", day)]


def facts_of_report(report, base: str) -> list[Fact]:
    issuer = child(report, "issuer")
    found = identifiers(issuer, f"{base}/issuer[1]", "institution id")
    found += titles(issuer, f"{base}/issuer[1]", "institution's title")
    return found + [Fact(f"{base}/issueDate", "issue date", text(child(report, "issueDate")))]


def facts_of_specification(item, base: str) -> list[Fact]:
    found = identifiers(item, base, "course code") + titles(item, base, "title")
    found += [Fact(f"{base}/{name}", name, text(child(item, name))) for name in ("type", "iscedCode")]
    return found + facts_of_instance(instance(item), f"{base}/specifies/learningOpportunityInstance")


def facts_of_instance(item, base: str) -> list[Fact]:
    found = identifiers(item, base, "identifier of the instance")
    found += [Fact(f"{base}/{name}", "date", text(child(item, name))) for name in ("start", "date")]
    term = child(item, "academicTerm")
    found += [Fact(f"{base}/academicTerm/{name}", "date", text(child(term, name))) for name in ("start", "end")]
    if term is not None:
        found += titles(term, f"{base}/academicTerm", "title of the term")
    for name in ("status", "gradingSchemeLocalId", "languageOfInstruction"):
        found.append(Fact(f"{base}/{name}", name, text(child(item, name))))
    found.append(Fact(f"{base}/resultLabel", "grade", text(child(item, "resultLabel"))))
    return found + credits(item, base) + levels(item, base)


def identifiers(parent, base: str, what: str) -> list[Fact]:
    return [Fact(path, what, (found.get("type"), text(found))) for found, path in numbered(parent, "identifier", base)]


def titles(parent, base: str, what: str) -> list[Fact]:
    return [Fact(path, what, (found.get(XML_LANG), text(found))) for found, path in numbered(parent, "title", base)]


def credits(item, base: str) -> list[Fact]:
    found = []
    for credit, path in numbered(item, "credit", base):
        value = (scheme(text(child(credit, "scheme"))), decimal(text(child(credit, "value"))))
        found.append(Fact(path, "credits", value))
    return found


def levels(item, base: str) -> list[Fact]:
    found = []
    for level, path in numbered(item, "level", base):
        found.append(Fact(path, "level", (text(child(level, "type")), text(child(level, "value")))))
    return found


# Comparing


def compare(before: list[Fact], after: list[Fact]) -> list[Difference]:
    """Each kind of fact as a multiset: what is gone stands at its place in the source, what is new at its place in the export."""
    gone = subtract(before, after)
    new = subtract(after, before)
    found = []
    for fact in gone:
        partner = next((other for other in new if other.what == fact.what and same_place(other, fact)), None)
        if partner:
            new.remove(partner)
        found.append(Difference(fact.path, fact.what, fact.value, partner.value if partner else None))
    return found + [Difference(fact.path, fact.what, None, fact.value) for fact in new]


def subtract(these: list[Fact], those: list[Fact]) -> list[Fact]:
    """These without those, counted. A fact about a single element also counts by its place."""
    left = Counter(key(fact) for fact in those)
    rest = []
    for fact in these:
        if left[key(fact)]:
            left[key(fact)] -= 1
        else:
            rest.append(fact)
    return rest


def key(fact: Fact):
    """The order of repeated elements says nothing, so the number of a repeated one is left out."""
    return re.sub(r"\[\d+\]$", "", fact.path), fact.what, fact.value


def same_place(one: Fact, other: Fact) -> bool:
    return one.path == other.path


def compare_trees(before, after, base: str) -> list[Difference]:
    """The specifications by position, each below the same parent."""
    name = "learningOpportunitySpecification"
    return compare_siblings(children(before, name), children(after, name), lambda n: f"{base}/{name}[{n}]", base)


def compare_siblings(before: list, after: list, path, parent: str) -> list[Difference]:
    found = []
    if len(before) != len(after):
        found.append(Difference(parent, "number of specifications", len(before), len(after)))
    for n, (one, other) in enumerate(zip(before, after, strict=False), 1):
        found += compare(facts_of_specification(one, path(n)), facts_of_specification(other, path(n)))
        found += compare_siblings(parts(one), parts(other), part_path(path(n)), path(n))
    return found


def part_path(base: str):
    return lambda n: f"{base}/hasPart[{n}]/learningOpportunitySpecification"


def count(document: bytes) -> int:
    """How many specifications the reports of a document have, at every depth."""

    def below(items: list) -> int:
        return sum(1 + below(parts(item)) for item in items)

    return sum(below(children(report, "learningOpportunitySpecification")) for report in reports(document))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("source", type=Path)
    options.add_argument("exported", type=Path)
    options.add_argument("--report", type=int, default=1)
    given = options.parse_args()
    found = differences(given.source.read_bytes(), given.exported.read_bytes(), given.report)
    for difference in found:
        print(difference)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
