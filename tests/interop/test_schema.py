"""The database that a node makes, looked at from outside: every key begins with the institution."""

import sqlite3
import subprocess
import unittest

from nodes import Node

OWNERLESS = {
    # The institutions themselves, and the list of migrations that were applied.
    "institutions",
    "seaql_migrations",
}


def keys_of_sqlite(path) -> dict[str, list[list[str]]]:
    """Table → its primary key and unique indexes, as lists of columns."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        keys = {}
        for table in tables:
            columns = db.execute(f"PRAGMA table_info({table})").fetchall()
            primary = [column[1] for column in sorted(columns, key=lambda c: c[5]) if column[5]]
            unique = [row[1] for row in db.execute(f"PRAGMA index_list({table})") if row[2] and row[3] != "pk"]
            named = [[row[2] for row in db.execute(f"PRAGMA index_info({index})")] for index in unique]
            keys[table] = [primary, *named]
    return keys


def keys_of_postgres(url: str) -> dict[str, list[list[str]]]:
    query = """
        SELECT t.relname, string_agg(a.attname, ',' ORDER BY k.place)
        FROM pg_index i
        JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(column_number, place)
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.column_number
        WHERE i.indisunique GROUP BY i.indexrelid, t.relname"""
    done = subprocess.run(
        ["psql", url, "--tuples-only", "--no-align", "--command", query], check=True, capture_output=True, text=True
    )
    keys: dict[str, list[list[str]]] = {}
    for line in done.stdout.split():
        table, columns = line.split("|")
        keys.setdefault(table, []).append(columns.split(","))
    return keys


def breaches(keys: dict[str, list[list[str]]]) -> list[str]:
    return [
        f"{table}: the key {key} does not begin with institution_id"
        for table, all_keys in keys.items()
        if table not in OWNERLESS and not table.startswith("sqlite_")
        for key in all_keys
        if key[:1] != ["institution_id"]
    ]


class Schema(unittest.TestCase):
    def migrated(self, engine: str) -> Node:
        node = Node("alpha.example", engine)
        self.addCleanup(node.remove)
        node.run("migrate")
        return node

    def test_every_key_begins_with_the_institution_on_sqlite(self):
        keys = keys_of_sqlite(self.migrated("sqlite").folder / "data" / "node.db")
        self.assertGreater(len(keys), len(OWNERLESS))
        self.assertEqual(breaches(keys), [])

    def test_every_key_begins_with_the_institution_on_postgres(self):
        keys = keys_of_postgres(self.migrated("postgres").settings["database"])
        self.assertGreater(len(keys), len(OWNERLESS))
        self.assertEqual(breaches(keys), [])

    def test_both_engines_have_the_same_tables(self):
        sqlite = set(keys_of_sqlite(self.migrated("sqlite").folder / "data" / "node.db"))
        postgres = set(keys_of_postgres(self.migrated("postgres").settings["database"]))
        self.assertEqual({table for table in sqlite if not table.startswith("sqlite_")}, postgres)

    def test_a_key_without_the_institution_is_found(self):
        self.assertEqual(len(breaches({"notes": [["id"]], "institutions": [["id"]]})), 1)
        self.assertEqual(len(breaches({"notes": [[]]})), 1)


if __name__ == "__main__":
    unittest.main()
