"""The suite against a node on SQLite and one on PostgreSQL, both set up as docs/operations/conformance.md says: equal results.

    HEI_NODE_BIN=… HEI_POSTGRES_URL=… python3 tests/conformance/engines.py
"""

import hashlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "operations" / "conformance.md"
PROGRAM = os.environ["HEI_NODE_BIN"]
NO_DIGEST = "SHA-256 of the token"
# One of the loopback network's hosts for each node, so that the page's ports are free there.
HOSTS = {"sqlite": "127.77.0.1", "postgres": "127.77.0.2"}
START_SECONDS_MAX = 60
RUN_SECONDS_MAX = 300


def blocks() -> list[str]:
    """The page's configuration, and its file of tokens."""
    found = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(found) == 2, f"{PAGE.name} has {len(found)} files"
    return found


def command(text: str) -> list[str]:
    """The page's command that runs the suite, without the program."""
    lines = re.search(r"^    hei-node (conformance run (?:.*\\\n)*.*)$", text, re.MULTILINE)
    return lines.group(1).replace("\\\n", " ").split()


class Node:
    """One node in a folder of its own."""

    def __init__(self, engine: str, folder: Path):
        self.engine, self.folder, self.host = engine, folder, HOSTS[engine]
        folder.mkdir()
        configuration, tokens = (block.replace("127.0.0.1:", f"{self.host}:") for block in blocks())
        roles = re.findall(r'^roles = \["(\w+)"\]$', configuration, re.MULTILINE)
        secret = {role: secrets.token_urlsafe(18) for role in roles}
        for role in roles:
            configuration = configuration.replace(NO_DIGEST, hashlib.sha256(secret[role].encode()).hexdigest(), 1)
            tokens, count = re.subn(rf'^{role} = "…"$', f'{role} = "{secret[role]}"', tokens, flags=re.MULTILINE)
            assert count == 1, f"{PAGE.name} has no token for {role}"
        if engine == "postgres":
            configuration = configuration.replace("sqlite:node.db", database())
        (folder / "node.toml").write_text(configuration, encoding="utf-8")
        (folder / "tokens.toml").write_text(tokens, encoding="utf-8")

    def __enter__(self) -> "Node":
        if self.engine == "postgres":
            subprocess.run([PROGRAM, "--config", "node.toml", "migrate"], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
        # The node ends when this pipe closes, so none outlives the run.
        arguments = [PROGRAM, "--json", "--config", "node.toml", "serve", "--until-stdin-closes"]
        log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(arguments, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        signal.alarm(START_SECONDS_MAX)
        for line in self.process.stdout:
            if b'"ready":true' in line.replace(b" ", b""):
                signal.alarm(0)
                return self
        raise SystemExit(f"the node on {self.engine} did not start:\n{(self.folder / 'log').read_text()}")

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.wait()

    def results(self) -> dict[tuple[str, str], str]:
        """The verdict on each scenario and each requirement."""
        page = PAGE.read_text(encoding="utf-8").replace("127.0.0.1:", f"{self.host}:")
        arguments = [PROGRAM, *command(page), "--format", "jsonl"]
        done = subprocess.run(arguments, cwd=self.folder, capture_output=True, text=True, check=False, timeout=RUN_SECONDS_MAX)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{self.engine}: status {done.returncode}\n{done.stdout}{done.stderr}")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        for line in lines:
            why = "" if line["verdict"] in ("pass", "omit") else f": {line['told']}"
            if line["what"] == "scenario":
                print(f"{self.engine:8} {line['verdict']:5} {' '.join(line['ids'])} {line['name']}{why}")
        found = {(line["what"], line["name"]): line["verdict"] for line in lines}
        assert len(found) == len(lines), "two lines are about the same"
        assert (done.returncode == 1) == any(verdict in ("fail", "error") for verdict in found.values()), "the status is wrong"
        return found


def database() -> str:
    """The address of a database of its own."""
    base = os.environ["HEI_POSTGRES_URL"]
    name = f"conformance_{secrets.token_hex(6)}"
    subprocess.run(["psql", "--quiet", base, "--command", f"CREATE DATABASE {name}"], check=True)
    return urllib.parse.urlunsplit(urllib.parse.urlsplit(base)._replace(path=f"/{name}"))


def main() -> int:
    results = {}
    with tempfile.TemporaryDirectory(prefix="hei-conformance-") as folder:
        for engine in HOSTS:
            with Node(engine, Path(folder) / engine) as node:
                results[engine] = node.results()
    sqlite, postgres = results.values()
    differing = [key for key in {**sqlite, **postgres} if sqlite.get(key) != postgres.get(key)]
    for key in differing:
        print(f"differs  {key[1]}: {sqlite.get(key)} on SQLite, {postgres.get(key)} on PostgreSQL")
    bad = [key for key, verdict in sqlite.items() if verdict in ("fail", "error", "skip") and key[0] == "scenario"]
    passed = sum(verdict == "pass" for key, verdict in sqlite.items() if key[0] == "requirement")
    print(f"{passed} requirements pass on SQLite, {len(differing)} results differ on PostgreSQL")
    return 1 if differing or bad or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
