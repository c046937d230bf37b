"""Compares two Silver folders cell by cell, and what was counted on the way.

Usage: agree.py SILVER_DIR OTHER_DIR [RUN_JSON COUNTS_JSON]
Same tables, same columns in whatever order, rows in the same order, same values. RUN_JSON is the record
of a generated module, COUNTS_JSON what a peer printed under --check: the same expectations, each with
the same count. Exit 1 and one line per difference."""

import csv
import json
import sys
from itertools import zip_longest
from pathlib import Path


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def difference(one, other):
    for number, (left, right) in enumerate(zip_longest(rows(one), rows(other)), start=1):
        if left is None or right is None:
            return f"one has more rows than the other, from row {number}"
        if left.keys() != right.keys():
            return f"columns {sorted(left.keys() ^ right.keys())} are in one alone"
        for column in left:
            if left[column] != right[column]:
                return f"row {number}, column {column}"
    return None


def tables(one, other):
    """How many tables were compared, and what differs."""
    names = {path.name for path in one.glob("*.csv")}
    found = [
        f"{name}: {what}"
        for name in sorted(names)
        if (what := difference(one / name, other / name)) is not None
    ]
    if not names or names != {path.name for path in other.glob("*.csv")}:
        found.append("the folders hold different tables, or none")
    return len(names), found


def expectations(run, printed):
    """How many expectations were compared, and what differs."""
    ours = {
        (name, step["name"]): step["count"]
        for name, table in json.loads(run.read_text("utf-8"))["tables"].items()
        for step in table["steps"]
        if step["step"].startswith("expect-")
    }
    theirs = {
        (name, expectation): count
        for name, counts in json.loads(printed.read_text("utf-8")).items()
        for expectation, count in counts.items()
    }
    differing = sorted(
        key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)
    )
    return len(ours), [
        f"{table}: {name} counts {ours.get((table, name))} and {theirs.get((table, name))}"
        for table, name in differing
    ]


def main():
    number, found = tables(Path(sys.argv[1]), Path(sys.argv[2]))
    agreed = f"{number} tables agree"
    if len(sys.argv) > 3:
        number, others = expectations(Path(sys.argv[3]), Path(sys.argv[4]))
        agreed, found = f"{agreed}, and {number} expectations", found + others
    print("\n".join(found) if found else agreed)
    sys.exit(1 if found else 0)


main()
