"""The other side of the tests' oracle: runs Polars for the Rust side, one JSON line a question.

Question: {"kind": "expressions" | "transform", "columns": [[name, type]], "rows": [[cell]],
           "expressions": [source], "lines": [line of a transform],
           "run": {"as_of": ..., "load_id": ..., "source_file": ...}}
Answer:   {"columns": [[name, type]], "rows": [[cell]], "counts": {...}, "removed": [[row, step, quarantined]]}
          or {"error": text}

Cells: null, true, false and text as JSON has them; everything else as text in its canonical form.
"""

import datetime as dt
import json
import re
import sys
import types
from decimal import Decimal

import polars as pl


def dtype(name):
    if decimal := re.fullmatch(r"decimal\((\d+),(\d+)\)", name):
        return pl.Decimal(int(decimal[1]), int(decimal[2]))
    return TYPES[name]


TYPES = {
    "text": pl.String,
    "integer": pl.Int64,
    "float": pl.Float64,
    "date": pl.Date,
    "timestamp": pl.Datetime("us"),
    "boolean": pl.Boolean,
}
NAMES = {str(dtype): name for name, dtype in TYPES.items()}
READERS = {
    "text": str,
    "integer": int,
    "float": float,
    "date": dt.date.fromisoformat,
    "timestamp": dt.datetime.fromisoformat,
    "boolean": bool,
}


def type_name(dtype):
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    return NAMES.get(str(dtype), str(dtype))


def read(cell, name):
    return None if cell is None else READERS.get(name, Decimal)(cell)


def written(cell):
    if cell is None or isinstance(cell, (str, bool)):
        return cell
    if isinstance(cell, dt.datetime):
        return cell.isoformat(timespec="microseconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return repr(cell)


def frame_of(question):
    columns = question["columns"]
    series = [
        pl.Series(name, [read(row[at], ty) for row in question["rows"]], dtype=dtype(ty), strict=True)
        for at, (name, ty) in enumerate(columns)
    ]
    return pl.DataFrame(series)


def answer_of(frame):
    columns = [[name, type_name(dtype)] for name, dtype in frame.schema.items()]
    cells = [[written(cell) for cell in frame[name].to_list()] for name, _ in columns]
    return {"columns": columns, "rows": [list(row) for row in zip(*cells)]}


def expressions(question, names):
    # As in a module: columns are added to a lazy frame, and the streaming engine runs it.
    new = [eval(source, names).alias(f"\x1f{at}") for at, source in enumerate(question["expressions"])]
    frame = frame_of(question).lazy().with_columns(new).collect(engine="streaming")
    return answer_of(frame.select(f"\x1f{at}" for at in range(len(new))))


def transform(question, names):
    frame = frame_of(question)
    columns = frame.columns
    frame = frame.with_row_index(names["ROW"], offset=1).lazy()
    names["t"] = names["Table"](frame=frame, columns=columns)
    exec("\n".join(question["lines"]), names)
    t = names["t"]
    frame = t.frame.collect(engine="streaming").sort(names["ROW"])
    counts = {f"{f.step}/{f.kind}/{f.name}": int(f.count(frame[f.column].sum())) for f in t.flags}
    counts |= {f"{u.step}/{u.kind}/{u.name}": u.count(frame[u.column]) for u in t.unique}
    removed = []
    if t.rules:
        gone = frame.filter(pl.col(names["RULE"]).is_not_null())
        for row, rule in gone.select(names["ROW"], names["RULE"]).rows():
            removed.append([row, *t.rules[rule - 1]])
        frame = frame.filter(pl.col(names["RULE"]).is_null())
    answer = answer_of(frame.select(t.columns))
    return {**answer, "counts": counts, "removed": removed}


def main():
    skeleton = json.loads(sys.stdin.readline())
    module = sys.modules["module"] = types.ModuleType("module")
    exec(skeleton, module.__dict__)
    for line in sys.stdin:
        question = json.loads(line)
        names = dict(module.__dict__)
        try:
            run = question["run"]
            as_of = dt.datetime.fromisoformat(run["as_of"])
            names["run"] = names["Run"](as_of, run["load_id"], run["source_file"])
            kinds = {"expressions": expressions, "transform": transform}
            answer = kinds[question["kind"]](question, names)
        except BaseException as error:  # Polars raises panics as BaseException.
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
