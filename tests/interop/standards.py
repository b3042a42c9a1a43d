"""Finds the published standards, and validates documents with the official ELMO schemas.

Nothing is fetched: each schema address is looked up in the catalogue that lies beside the schemas.
"""

import os
import unittest
from functools import cache
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
NAMESPACES = {
    "1.6": "https://github.com/emrex-eu/elmo-schemas/tree/v1",
    "1.7": "https://github.com/emrex-eu/elmo-schemas/tree/v1",
    "2.1.1": "https://github.com/emrex-eu/elmo-schemas/tree/v2",
}
SCHEMAS = {
    "1.6": "elmo-schemas-v1.6.0/schema.xsd",
    "1.7": "elmo-schemas-v1.7.0/schema.xsd",
    "2.1.1": "elmo-schemas-v2.1.1/schema.xsd",
}
CATALOG = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}"


def folder(name: str) -> Path:
    """The folder of one standard; where it is absent the test is skipped aloud, or fails if required."""
    base = Path(os.environ.get("HEI_STANDARDS_DIR") or ROOT.parent / "shared" / "standards")
    if (base / name).is_dir():
        return base / name
    message = f"the standard {name!r} is absent: set HEI_STANDARDS_DIR"
    if os.environ.get("HEI_REQUIRE_STANDARDS") == "1":
        raise AssertionError(message)
    raise unittest.SkipTest(message)


class Catalog(etree.Resolver):
    """Answers each address from the catalogue; what is not in it is refused, never fetched."""

    def __init__(self, elmo: Path):
        super().__init__()
        entries = etree.parse(str(elmo / "catalog.xml")).getroot().iter(f"{CATALOG}system")
        self.files = {entry.get("systemId"): elmo / entry.get("uri") for entry in entries}

    def resolve(self, address, _public_id, context):
        if address in self.files:
            return self.resolve_filename(str(self.files[address]), context)
        if "://" in address:
            raise AssertionError(f"{address} is not in the catalogue")
        return None


@cache
def schema(version: str) -> etree.XMLSchema:
    """The official schema of an ELMO version: "1.6", "1.7" or "2.1.1"."""
    elmo = folder("elmo")
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Catalog(elmo))
    return etree.XMLSchema(etree.parse(str(elmo / SCHEMAS[version]), parser))


def faults(document: bytes, version: str) -> list[str]:
    """What the schema finds; empty for a valid document."""
    xsd = schema(version)
    if xsd.validate(etree.fromstring(document)):
        return []
    return [f"line {error.line}: {error.message}" for error in xsd.error_log]
