"""Compares two Silver folders cell by cell: same tables, rows in the same order, same values in the
columns that both have. Usage: agree.py ONE OTHER. Exit 1 and one line per table that differs."""

import csv
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
        for column in left.keys() & right.keys():
            if left[column] != right[column]:
                return f"row {number}, column {column}"
    return None


def main():
    one, other = Path(sys.argv[1]), Path(sys.argv[2])
    names = {path.name for path in one.glob("*.csv")}
    found = [
        f"{name}: {what}"
        for name in sorted(names)
        if (what := difference(one / name, other / name)) is not None
    ]
    if names != {path.name for path in other.glob("*.csv")}:
        found.append("the folders hold different tables")
    print("\n".join(found) if found else f"{len(names)} tables agree")
    sys.exit(1 if found else 0)


main()
