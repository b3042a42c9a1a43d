"""Starts real nodes: the program in HEI_NODE_BIN, a data folder, a configuration and free ports for each."""

import csv
import hashlib
import io
import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import grpc

from client import Client, node, peers

ENGINES = ("sqlite", "postgres")
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
ROLES = ("sis", "registrar", "trust_officer", "operator")


def on_each_engine(loader, module: str, *suites, base=unittest.TestCase):
    """The tests of every suite on every engine: DoorSuite becomes DoorOnSqlite and DoorOnPostgres."""
    tests = unittest.TestSuite()
    for engine in ENGINES:
        for suite in suites:
            name = f"{suite.__name__.removesuffix('Suite')}On{engine.capitalize()}"
            made = type(name, (suite, base), {"engine": engine, "__module__": module})
            tests.addTests(loader.loadTestsFromTestCase(made))
    return tests


def binary() -> str:
    """The program; the test is skipped aloud where nobody says which."""
    path = os.environ.get("HEI_NODE_BIN")
    if not path or not Path(path).is_file():
        raise unittest.SkipTest("HEI_NODE_BIN names no program")
    return path


def database(engine: str) -> str:
    """The address of a database of its own."""
    if engine == "sqlite":
        return "sqlite:node.db"
    base = os.environ.get("HEI_POSTGRES_URL")
    if not base:
        raise unittest.SkipTest("HEI_POSTGRES_URL names no PostgreSQL")
    name = f"interop_{secrets.token_hex(6)}"
    subprocess.run(["psql", "--quiet", base, "--command", f"CREATE DATABASE {name}"], check=True)
    return urlunsplit(urlsplit(base)._replace(path=f"/{name}"))


def free_ports(count: int) -> list[int]:
    """Ports that nobody has now. All are held until the last is known, so they differ."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


class Node:
    """One node in a folder of its own. Each role has a client entry with a token of its own."""

    def __init__(self, domain: str, engine: str = "sqlite", **settings):
        self.domain, self.engine = domain, engine
        self.folder = Path(tempfile.mkdtemp(prefix=f"hei-{domain.split('.')[0]}-"))
        self.campus, self.peer, self.public, self.ops = free_ports(4)
        self.tokens = {role: secrets.token_urlsafe(24) for role in ROLES}
        defaults = {
            "environment": "production",
            "attachment_bytes_max": 10 * 1024 * 1024,
            "country": "FI",
            "eidas_identifier": "",
        }
        self.settings = {"database": database(engine), **defaults, **settings}
        self.clients: list[Client] = []
        self.process: subprocess.Popen | None = None
        self.config = self.folder / "node.toml"
        self.config.write_text(self.configuration(), encoding="utf-8")

    def configuration(self) -> str:
        """The keys of src/node/default.toml that a test sets."""
        clients = "".join(self.client_entry(role) for role in ROLES)
        return f"""
data_folder = "data"
environment = "{self.settings["environment"]}"
[[institution]]
domain = "{self.domain}"
titles = [{{ language = "en", text = "University {self.domain}" }}]
time_zone = "Europe/Helsinki"
country = "{self.settings["country"]}"
eidas_identifier = "{self.settings["eidas_identifier"]}"
[database]
url = "{self.settings["database"]}"
[campus]
address = "127.0.0.1:{self.campus}"
{clients}
[peer]
address = "127.0.0.1:{self.peer}"
[public]
address = "127.0.0.1:{self.public}"
[ops]
address = "127.0.0.1:{self.ops}"
[outbound]
allow = ["127.0.0.0/8"]
[credentials]
attachment_bytes_max = {self.settings["attachment_bytes_max"]}
"""

    def client_entry(self, role: str) -> str:
        digest = hashlib.sha256(self.tokens[role].encode()).hexdigest()
        return f'[[campus.client]]\nname = "{role}"\ntoken_sha256 = "{digest}"\nroles = ["{role}"]\n'

    # Its life

    def run(self, *arguments: str) -> list[dict]:
        """A command of the program on this node's configuration; the JSON lines that it printed."""
        command = [binary(), "--config", str(self.config), "--json", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def start(self) -> "Node":
        """Starts it and waits until it says that it is healthy."""
        program = binary()
        if self.engine == "postgres":
            self.run("migrate")
        with (self.folder / "log").open("ab") as log:
            # The node ends when this pipe closes, so none outlives the test run.
            self.process = subprocess.Popen(
                [program, "--config", str(self.config), "serve", "--until-stdin-closes"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        wait_until(self.is_healthy, START_SECONDS_MAX, f"{self.domain} does not start", self.log)
        return self

    def is_healthy(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"{self.domain} ended with {self.process.returncode}\n{self.log()}")
        # grpc.health.v1 as bytes: an empty request asks for the whole server, and 08 01 says SERVING.
        with grpc.insecure_channel(f"127.0.0.1:{self.campus}") as channel:
            check = channel.unary_unary("/grpc.health.v1.Health/Check")
            try:
                return check(b"", timeout=5) == b"\x08\x01"
            except grpc.RpcError:
                return False

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self) -> None:
        for client in self.clients:
            client.close()
        self.clients.clear()
        if self.process is not None:
            self.process.terminate()
            self.process.stdin.close()
            self.process.wait(STOP_SECONDS_MAX)
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def rows(self, query: str) -> list[tuple]:
        """Rows of its database, read beside it. Bytes are asked for as they are, numbers come as text on PostgreSQL."""
        if self.engine == "sqlite":
            with closing(sqlite3.connect(f"file:{self.folder / 'data' / 'node.db'}?mode=ro", uri=True)) as db:
                return db.execute(query).fetchall()
        command = ["psql", "--csv", "--tuples-only", self.settings["database"], "--command", query]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [tuple(map(from_text, row)) for row in csv.reader(io.StringIO(told))]

    # Its callers

    def as_role(self, role: str | None) -> Client:
        """A client with the token of a role; without a role one without a token."""
        client = Client(f"127.0.0.1:{self.campus}", self.tokens.get(role) if role else None)
        self.clients.append(client)
        return client

    def self_description(self):
        return self.as_role("operator").nodes.GetNode(node.GetNodeRequest())

    def trust(self, other: "Node"):
        """Pins another node, as its operator would after a telephone call."""
        request = peers.AddPeerRequest(
            url=f"https://127.0.0.1:{other.public}", fingerprint=other.self_description().fingerprint
        )
        return self.as_role("trust_officer").peers.AddPeer(request)


def from_text(value: str) -> bytes | str:
    """A value as psql writes it: bytes in hexadecimal."""
    return bytes.fromhex(value[2:]) if value.startswith("\\x") else value


def wait_until(holds, seconds: float, complaint: str, more=lambda: "") -> None:
    """Asks again until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"{complaint}\n{more()}")
        time.sleep(0.05)
