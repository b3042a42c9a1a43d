"""Validates European Digital Credentials with the official SHACL shapes, in the published way and without a network.

The credential is expanded by PyLD with the published contexts, and by no others; pyshacl compares the graph with the
shapes of one profile. The shapes are silent about a document in which they find no credential, so the number of
credentials that they looked at belongs to every result.
"""

import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyshacl
import rdflib
from pyld import jsonld
from standards import folder

CONTEXTS = {
    "3.1": {
        "https://www.w3.org/2018/credentials/v1": "w3c-vc-v1.jsonld",
        "http://data.europa.eu/snb/model/context/edc-ap": "edc-ap-3.1.jsonld",
    },
    "3.2": {
        "https://www.w3.org/2018/credentials/v1": "w3c-vc-v1.jsonld",
        "http://data.europa.eu/snb/model/context/edc-ap": "edc-ap-3.2.jsonld",
    },
}
PROCESSES = 2
PROFILES = {
    "no-cv": ["EDC-generic-no-cv.ttl"],
    "full": ["EDC-generic-no-cv.ttl", "EDC-generic-full.ttl"],
}
ELM = rdflib.Namespace("http://data.europa.eu/snb/model/elm/")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


@dataclass(frozen=True, order=True)
class Result:
    """One finding: the class of the node, the node, the path within it, the kind of constraint, the message."""

    focus_class: str
    focus: str
    path: str
    constraint: str
    message: str


@dataclass
class Report:
    """What the shapes say of one document."""

    focus_nodes: int
    results: list[Result] = field(default_factory=list)

    @property
    def conforms(self) -> bool:
        return self.focus_nodes > 0 and not self.results


def credential(document: dict) -> dict:
    """The credential in a sealed container, an upload, or by itself."""
    if "payload" in document:
        return credential(json.loads(document["payload"]))
    return document.get("credential", document)


def loader(version: str):
    """Serves the published contexts; whatever else is asked for is an error."""

    def load(url, _options=None):
        name = CONTEXTS[version].get(url)
        if name is None:
            raise AssertionError(f"the context {url} is not published with the standard")
        text = (folder("elm") / "context" / name).read_text(encoding="utf-8")
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": json.loads(text),
        }

    return load


def graph(document: dict, version: str = "3.2") -> rdflib.Graph:
    """The triples of a credential."""
    quads = jsonld.to_rdf(
        credential(document),
        {"documentLoader": loader(version), "format": "application/n-quads"},
    )
    # A proof stands in a graph of its own; the shapes look at all of them.
    dataset = rdflib.Dataset()
    dataset.parse(data=quads, format="nquads")
    merged = rdflib.Graph()
    for subject, predicate, value, _ in dataset.quads():
        merged.add((subject, predicate, value))
    return merged


@cache
def shapes(version: str, profile: str) -> rdflib.Graph:
    """The official shapes of a profile. `owl:imports` is not followed: the files are put together here."""
    merged = rdflib.Graph()
    for name in PROFILES[profile]:
        merged.parse(folder("elm") / "shacl" / f"v{version}" / name, format="turtle")
    return merged


def validate(document: dict, version: str = "3.2", profile: str = "full") -> Report:
    """What the official shapes say of a document; results within results are left out."""
    data = graph(document, version)
    focus_nodes = len(set(data.subjects(rdflib.RDF.type, ELM.EuropeanDigitalCredential)))
    _, found, _ = pyshacl.validate(
        data, shacl_graph=shapes(version, profile), inference="none", do_owl_imports=False, advanced=False
    )
    top = {
        result
        for report in found.subjects(rdflib.RDF.type, SH.ValidationReport)
        for result in found.objects(report, SH.result)
    }
    return Report(focus_nodes, sorted(finding(found, result, data) for result in top))


def validate_all(documents: list[dict]) -> list[Report]:
    """What the shapes say of each, in order. In processes of their own, which start anew: a fork would share gRPC's threads."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=fresh) as pool:
        return list(pool.map(validate, documents, chunksize=4))


def finding(found: rdflib.Graph, result, data: rdflib.Graph) -> Result:
    def of(name):
        return found.value(result, SH[name])

    focus = of("focusNode")
    classes = sorted(short(it) for it in data.objects(focus, rdflib.RDF.type))
    return Result(
        " ".join(classes),
        str(focus),
        short(of("resultPath")),
        short(of("sourceConstraintComponent")).removesuffix("ConstraintComponent"),
        " ".join(str(of("resultMessage") or "").split()),
    )


def short(iri) -> str:
    return str(iri).rsplit("#", 1)[-1].rsplit("/", 1)[-1] if iri is not None else ""


def main(names: list[str]) -> int:
    """Prints what the shapes say of each file; 1 if one of them does not conform."""
    failed = False
    for name in names:
        report = validate(json.loads(Path(name).read_text(encoding="utf-8")))
        verdict = "conforms" if report.conforms else f"{len(report.results)} results"
        print(f"{name}: {report.focus_nodes} credentials, {verdict}")
        for it in report.results:
            print(f"  {it.focus_class} {it.path}: {it.constraint} ({it.focus})")
        failed |= not report.conforms
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
