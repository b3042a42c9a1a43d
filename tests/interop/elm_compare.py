"""Compares what a transcript said before with what it says after, whether ELMO became ELM, ELM became ELMO, or either
came back through the other.

Knows the two standards and nothing of the node. A difference is fair only where a loss report names its place, by the
path of ELMO or of ELM. Two comparisons: `differences` of what both standards can say, and `leaves_lost` of everything
that a credential says, down to the last value.

    python elm_compare.py BEFORE AFTER     prints the differences; status 1 if there are any
"""

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import facts_elm
import facts_elmo
from facts import Fact, Facts, day

# Whoever loses one of these loses nothing less: such a path names the whole and none of its parts.
CONTAINERS = re.compile(
    r"(^\$|credentialSubject|/elmo|/report|learningOpportunitySpecification(\[\d+\])?|/learningOpportunityInstance|/specifies)$"
)


def read(document: bytes, report: int = 1, body: int = 0, exact: bool = False) -> Facts:
    """The facts of a document, by what it is."""
    if document.lstrip()[:1] == b"{":
        return facts_elm.read(document, body)
    return facts_elmo.read(document, report, exact)


@dataclass(frozen=True)
class Difference:
    """A fact that is gone, or one that is new."""

    fact: Fact
    gone: bool

    def __str__(self):
        return f"{self.fact.place or 'record'}: {self.fact.what}: {self.fact.value!r} {'is gone' if self.gone else 'is new'}"


def differences(before: Facts, after: Facts) -> list[Difference]:
    """Both as multisets: the order of repeated things says nothing, that of achievements does."""
    gone = [Difference(fact, True) for fact in without(before, after)]
    return gone + [Difference(fact, False) for fact in without(after, before)]


def without(these: Facts, those: Facts) -> list[Fact]:
    left, rest = Counter(fact.key for fact in those), []
    for fact in these:
        if left[fact.key]:
            left[fact.key] -= 1
        else:
            rest.append(fact)
    return rest


def unexplained(found: list[Difference], losses: list[str], report: int = 1) -> list[Difference]:
    """The differences that no loss names; a loss in another report names none."""
    other = re.compile(rf"/elmo/report(?!\[{report}\]|$)\b" if report > 1 else r"/elmo/report\[(?!1\])")
    named = places([it for it in losses if not other.match(it)])
    return [it for it in found if not any(within(plain(path), named) for path in it.fact.paths())]


def places(losses: list[str]) -> list[str]:
    """Where something is lost. "hasClaim" alone is all of them, and names none."""
    bare = re.compile(r"\.(hasClaim|hasPart)$")
    return [plain(it) for it in losses if not bare.search(it) and not CONTAINERS.search(plain(it))]


def plain(path: str) -> str:
    """A path without what says nothing: prefixes, the number of a first one, the wrapping of a credential."""
    if path.startswith("/"):
        path = re.sub(r"/\w+:(?=\w)", "/", path)
        return re.sub(r"^/elmo/report\[\d+\]", "/elmo/report", path).replace("[1]", "").rstrip("/")
    path = re.sub(r"^\$(\.credential|\['@graph'\]\[\d+\]|\.verifiableCredential(\[\d+\])?)(?=$|[.\[])", "$", path)
    path = re.sub(r"\.(hasClaim|hasPart)(?=\.|$)", r".\1[0]", path)
    return re.sub(r"(?<!hasClaim)(?<!hasPart)\[0\]", "", path)


def within(path: str, named: list[str]) -> bool:
    """At one of the places, or below it; a place without a number names all that stand there."""
    return any(path == it or re.match(re.escape(it) + r"[\[./]", path) for it in named)


# Every value of a credential


@dataclass(frozen=True)
class Leaf:
    """One value with its path. Only achievements count by position: the order of other repeated things says nothing."""

    path: str
    value: str

    @property
    def key(self):
        return re.sub(r"(?<!hasClaim)(?<!hasPart)\[\d+\]", "", self.path), self.value


# Nodes whose id says something. All others have names that are good within one document only.
NAMED = {"Concept", "ConceptScheme", "Mailbox", "Person", "Organisation", "Agent"}
# Terms that are often mistaken for these.
SPELLING = {"resultDestribution": "resultDistribution", "resultDistribution.category": "resultDistribution.resultCategory"}
# What an exporter may add: the class of a node, and which of ELMO's two identifiers of a grading scheme it is.
ADDED = (".type", ".gradingScheme.identifier.schemeName")
# What only sealing can say, and what every exporter says of its own credential.
ENVELOPE = re.compile(r"\$\.(id|issuer|issued|credentialProfiles|credentialSchema)\b")


def leaves(document: bytes) -> list[Leaf]:
    """All that a credential says, value by value."""
    found: list[Leaf] = []
    walk(facts_elm.credential(document), "$", found, None)
    return found


def walk(node, path: str, found: list[Leaf], award: list[Leaf] | None):
    """`award` is what the award of the achievement above says: it is said once, wherever it is repeated."""
    if isinstance(node, list):
        for index, it in enumerate(node):
            walk(it, f"{path}[{index}]", found, award)
    elif isinstance(node, dict) and "@value" in node:
        walk({node.get("@language", "und"): node["@value"]}, path, found, award)
    elif isinstance(node, dict):
        members = {name: it for name, it in node.items() if says(name, it, node, path)}
        own = all_of(members.get("awardedBy"))
        if own == award:
            members.pop("awardedBy", None)
        for name, it in members.items():
            below = spelled(f"{path}.{name}" if re.fullmatch(r"\w+", name) else f"{path}['{name}']")
            walk(it, below, found, award if own is None else award or own)
    elif node is not None:
        found.append(Leaf(plain(path), day(str(node).lower() if isinstance(node, bool) else str(node))))


def all_of(award) -> list[Leaf] | None:
    """What an award says, wherever it stands."""
    found: list[Leaf] = []
    if award is not None:
        walk(award, "", found, None)
    return sorted(found, key=str) or None


def says(name: str, value, node: dict, path: str) -> bool:
    """Whether a member says something of its own."""
    types = set(facts_elm.many(node.get("type")))
    if name == "id":
        return bool(types & NAMED) and not str(value).startswith("urn:epass:") or path == "$"
    if name == "type":
        return re.search(r"(hasClaim(\[\d+\])?|specifiedBy)$", path) is not None
    # A concept of a public list is its address: the names of it belong to the list.
    listed = "Concept" in types and str(node.get("id")).startswith("http")
    return name != "@context" and not listed


def spelled(path: str) -> str:
    for wrong, right in SPELLING.items():
        path = re.sub(rf"{wrong}$", right, path)
    return path


def leaves_lost(before: bytes, afters: list[bytes], losses: list[str]) -> list[Leaf]:
    """What the credential said and what became of it says no more, all of it together, and no loss names."""
    left, gone = Counter(it.key for after in afters for it in leaves(after)), []
    for leaf in leaves(before):
        if left[leaf.key]:
            left[leaf.key] -= 1
        elif leaf.path != "$.issued":
            gone.append(leaf)
    named = places(losses) + in_elm(losses, facts_elm.read(before))
    return [it for it in gone if not within(it.path, named)]


def leaves_invented(before: bytes, after: bytes, losses: list[str]) -> list[Leaf]:
    """What the credential says now, and what stood nowhere in it before, and no loss names."""
    known = {it.value for it in leaves(before)} | words(facts_elm.credential(before))
    named = places(losses) + in_elm(losses, facts_elm.read(after))
    new = [it for it in leaves(after) if it.value not in known and not ENVELOPE.match(it.path)]
    return [it for it in new if not within(it.path, named) and not it.path.endswith(ADDED)]


def words(node) -> set[str]:
    """Every text in it, of whatever node."""
    if isinstance(node, dict):
        node = list(node.values())
    return set().union(*map(words, node)) if isinstance(node, list) else {str(node)}


def in_elm(losses: list[str], said: Facts) -> list[str]:
    """The places in a credential of what ELMO lost of it."""
    named = places([it for it in losses if it.startswith("/")])
    lost = [fact.paths() for fact in said if any(within(plain(it), named) for it in fact.paths() if it.startswith("/"))]
    return [plain(it) for paths in lost for it in paths if it.startswith("$")]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("before", type=Path)
    options.add_argument("after", type=Path)
    given = options.parse_args()
    found = differences(read(given.before.read_bytes()), read(given.after.read_bytes()))
    for difference in found:
        print(difference)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
