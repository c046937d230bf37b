@dataclass(frozen=True)
class Plan:
    """What one table needs: its transform, the Bronze columns it reads, and whether rows may leave."""

    transform: object
    bronze: list[str]
    silver: list[str]


class Failure(Exception):
    """A table that cannot be produced, with the reason for the operator."""


RUN_ID = re.compile(r"\d{8}_\d{6}_#[0-9a-f]{8}")
CHUNK = 1 << 20
# The csv module stops at 128 KiB a field of its own accord; the profiler admits 1 MiB.
csv.field_size_limit(1 << 20)


def hash_file(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def separators(chunk: bytes) -> tuple[int, int]:
    """How many commas and line feeds. As numbers, Polars counts them in half of the time that the
    `count` of bytes takes."""
    shape = pl.Array(pl.UInt8, len(chunk))
    numbers = pl.Series([chunk], dtype=pl.Binary).bin.reinterpret(dtype=shape).explode()
    return (numbers == ord(",")).sum(), (numbers == ord("\n")).sum()


def inspect_bronze(path: Path, columns: int) -> tuple[int, str]:
    """Size and SHA-256 of a Bronze file. Refuses rows with a wrong number of fields.

    Polars fills short rows with nulls. Where no field is quoted, counting separators shows that
    there are none; where one is, or the count is off, the csv module finds the line.
    """
    digest, size, commas, lines, quoted, last = hashlib.sha256(), 0, 0, 0, False, b"\n"
    with open(path, "rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            found = separators(chunk)
            commas, lines = commas + found[0], lines + found[1]
            quoted = quoted or b'"' in chunk
            last = chunk[-1:]
    lines += last != b"\n"
    if quoted or columns == 1 or commas != (columns - 1) * lines:
        with open(path, encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            line = 1
            for row in reader:
                if len(row) != columns:
                    raise Failure(f"{path.name}, line {line}: {len(row)} fields instead of {columns}")
                line = reader.line_num + 1
    return size, digest.hexdigest()


def scan_bronze(path: Path, plan: Plan) -> pl.LazyFrame:
    """The file as text, an empty cell being null. Its header must be the one the plan was made for."""
    if not path.is_file():
        raise Failure(f"{path.name} is not in the Bronze run")
    # Polars leaves doubled quotes in a header as they are, so the names are read here.
    with open(path, encoding="utf-8-sig", newline="") as text:
        found = next(csv.reader(text, strict=True), [])
    if found != plan.bronze:
        missing = [name for name in plan.bronze if name not in found]
        added = [name for name in found if name not in plan.bronze]
        raise Failure(f"{path.name}: columns differ from the plan (missing {missing}, new {added})")
    return pl.scan_csv(
        path,
        infer_schema=False,
        new_columns=plan.bronze,
        null_values=[""],
        row_index_name=ROW,
        row_index_offset=1,
        truncate_ragged_lines=False,
        glob=False,
    )


def produce(name: str, plan: Plan, run: Run, bronze: Path, out: Path, quarantine: Path) -> dict:
    """Runs one table in one pass: Silver rows to a file, counts and removed rows to memory."""
    t = plan.transform(Table(scan_bronze(bronze / name, plan), list(plan.bronze)), run)
    if t.columns != plan.silver:
        raise Failure(f"{name}: the transform gives columns {t.columns}")
    live = t.frame.filter(pl.col(RULE).is_null()) if t.rules else t.frame
    silver = live.select(t.columns).sink_csv(
        out / name,
        lazy=True,
        datetime_format="%Y-%m-%dT%H:%M:%S%.f",
        date_format="%Y-%m-%d",
        # A null alone on its line would be an empty line, which readers skip.
        null_value='""' if len(t.columns) == 1 else None,
    )
    counts = [pl.len().alias("rows"), *(pl.col(flag.column).sum() for flag in t.flags)]
    sinks = [silver, t.frame.select(counts), t.frame.select(check.column for check in t.unique)]
    if t.rules:
        sinks.append(t.frame.filter(pl.col(RULE).is_not_null()).select(ROW, RULE))
    _, counted, hashes, *removed = pl.collect_all(sinks, engine="streaming")
    counted = counted.row(0, named=True)
    rows = removed[0] if removed else pl.DataFrame(schema={ROW: pl.UInt32, RULE: pl.UInt16})
    counts = [(flag, flag.count(counted[flag.column])) for flag in t.flags]
    counts += [(check, check.count(hashes[check.column])) for check in t.unique]
    record = {
        "rows_in": counted["rows"],
        "rows_out": counted["rows"] - rows.height,
        "steps": [
            {"step": counter.step, "kind": counter.kind, "name": counter.name, "count": count}
            for counter, count in counts
        ],
        "removed": [
            {"step": step, "quarantined": kept, "rows": rows.filter(pl.col(RULE) == at).height}
            for at, (step, kept) in enumerate(t.rules, 1)
        ],
    }
    for counter, count in counts:
        if counter.limit is not None and count > counter.limit:
            raise Failure(f"{name}: step {counter.step} stops at {count} × {counter.name}")
    record["quarantined"] = write_quarantine(name, plan, t, rows, bronze, quarantine)
    return record


def write_quarantine(name, plan, t: Table, rows: pl.DataFrame, bronze: Path, quarantine: Path) -> int:
    """The Bronze rows that steps put aside, as they stood, with their row number and the step."""
    rules = pl.DataFrame(
        {RULE: range(1, len(t.rules) + 1), "_rule": [step for step, _ in t.rules]},
        schema={RULE: pl.UInt16, "_rule": pl.String},
    )
    kept = [at for at, (_, quarantined) in enumerate(t.rules, 1) if quarantined]
    rows = rows.filter(pl.col(RULE).is_in(kept)).join(rules, on=RULE, maintain_order="left")
    if rows.height:
        quarantine.mkdir(parents=True, exist_ok=True)
        source = scan_bronze(bronze / name, plan).join(rows.lazy(), on=ROW, maintain_order="left")
        source.select(
            pl.col(ROW).alias("_row"), "_rule", *(pl.col(column) for column in plan.bronze)
        ).sink_csv(quarantine / name, engine="streaming")
    return rows.height


def yaml_lines(value: object, indent: str = "") -> list[str]:
    """Block-style YAML of dictionaries, lists and scalars; scalars are written as JSON."""
    lines = []
    entries = value.items() if isinstance(value, dict) else (("-", item) for item in value)
    for key, item in entries:
        plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", key)
        shown = key if plain else json.dumps(key, ensure_ascii=False)
        head = indent + (f"{shown}:" if isinstance(value, dict) else "-")
        if isinstance(item, (dict, list)) and item:
            lines += [head, *yaml_lines(item, indent + "  ")]
        else:
            lines.append(f"{head} {json.dumps(item, ensure_ascii=False)}")
    return lines


class Log:
    """The run log: one line an event, on the terminal and in run_log.txt."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, level: str, text: str) -> None:
        stamp = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.lines.append(f"{stamp} {level:<7} {text}")
        print(self.lines[-1], file=sys.stderr, flush=True)


def find_bronze_run(root: Path, wanted: str | None) -> str:
    """The run asked for, or the latest one."""
    if wanted is None:
        runs = [entry.name for entry in root.iterdir() if RUN_ID.fullmatch(entry.name)]
        if not runs:
            raise Failure(f"no Bronze run below {root}")
        return max(runs)
    if not RUN_ID.fullmatch(wanted):
        raise Failure("a run id has the form YYYYMMDD_HHMMSS_#hhhhhhhh")
    if not (root / wanted / "data").is_dir():
        raise Failure(f"Bronze run {wanted} is not below {root}")
    return wanted


def run_tables(bronze: Path, partial: Path, as_of: datetime, load_id: str, log: Log) -> dict:
    """Every table in turn, the next one being read while the last one is hashed. The largest goes
    first: the hash that nothing is left to run beside is then a small one."""
    tables = {name: {"status": "SUCCESS", "error": None} for name in TABLES}
    hashes, data = {}, partial / "data"
    sizes = {path.name: path.stat().st_size for path in bronze.glob("*.csv")}
    with ThreadPoolExecutor(max_workers=1) as pool:
        for name in sorted(TABLES, key=lambda name: -sizes.get(name, 0)):
            plan, record = Plan(**TABLES[name]), tables[name]
            started = time.perf_counter()
            try:
                inspected = pool.submit(inspect_bronze, bronze / name, len(plan.bronze))
                run = Run(as_of=as_of, load_id=load_id, source_file=name)
                record |= produce(name, plan, run, bronze, data, partial / "quarantine")
                record["bronze_bytes"], record["bronze_sha256"] = inspected.result()
                hashes[name] = pool.submit(hash_file, data / name)
            except (Failure, OSError, UnicodeError, csv.Error, pl.exceptions.PolarsError) as error:
                reason = str(error).splitlines()[0] if isinstance(error, Failure) else type(error).__name__
                record |= {"status": "FAILED", "error": reason}
                (data / name).unlink(missing_ok=True)
                (partial / "quarantine" / name).unlink(missing_ok=True)
            record["duration_s"] = round(time.perf_counter() - started, 3)
            log.say(*describe(name, record))
        for name, pending in hashes.items():
            tables[name]["silver_bytes"], tables[name]["silver_sha256"] = pending.result()
    return tables


def describe(name: str, record: dict) -> tuple[str, str]:
    """The log line of a table."""
    if record["status"] != "SUCCESS":
        return "ERROR", f"{name}: {record['error']}"
    changed = sum(step["count"] for step in record["steps"] if step["kind"] == "changed")
    invalid = sum(step["count"] for step in record["steps"] if step["kind"] == "invalid")
    text = f"{name}: {record['rows_out']:,} of {record['rows_in']:,} rows, {changed:,} cells changed"
    text += f", {invalid:,} cells not convertible" if invalid else ""
    text += f", {record['quarantined']:,} rows in quarantine" if record["quarantined"] else ""
    return "INFO", f"{text} ({record['duration_s']:.2f} s)"


def write_reports(partial: Path, summary: dict, log: Log) -> None:
    """metadata.yaml, run_log.txt, run.json and elt_report.html."""
    reports = partial / "reports"
    reports.mkdir()
    (partial / "data" / "metadata.yaml").write_text("\n".join(yaml_lines(summary)) + "\n", "utf-8")
    (partial / "data" / "run_log.txt").write_text("\n".join(log.lines) + "\n", "utf-8")
    (reports / "run.json").write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (reports / "elt_report.html").write_text(report_page(summary), "utf-8")


def report_cells(cells: list) -> str:
    """Cells of a table row, escaped; numbers are grouped and stand right."""
    shown = []
    for cell in cells:
        number = isinstance(cell, (int, float))
        text = f"{cell:,}" if number else html.escape(str(cell))
        shown.append(f'<td class="n">{text}</td>' if number else f"<td>{text}</td>")
    return "".join(shown)


def report_page(summary: dict) -> str:
    """The run as one page without anything from the network."""
    rows, steps = [], []
    for name, table in summary["tables"].items():
        cells = [name, table["status"], table.get("rows_in", 0), table.get("rows_out", 0)]
        cells += [table.get("quarantined", 0), table["duration_s"], table["error"] or ""]
        rows.append(f'<tr class="{table["status"].lower()}">{report_cells(cells)}</tr>')
        for step in table.get("steps", []):
            if step["count"]:
                cells = [name, step["step"], step["name"], step["kind"], step["count"]]
                steps.append(f"<tr>{report_cells(cells)}</tr>")
    numbers = "".join(f'<th class="n">{name}' for name in ("Rows in", "Rows out", "Quarantine", "Seconds"))
    head = f"<th>Table<th>Status{numbers}<th>Error"
    run = summary["run"]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Silver run {html.escape(run["run_id"])}</title>
<style>{STYLE}</style></head><body><main>
<h1>Silver run {html.escape(run["run_id"])}</h1>
<p>From Bronze run {html.escape(run["bronze_run_id"])}, {html.escape(run["started_utc"])} to
{html.escape(run["ended_utc"])}.</p>
<h2>Tables</h2><table><thead><tr>{head}</thead><tbody>{"".join(rows)}</tbody></table>
<h2>What each step did</h2><p>Steps that met nothing are left out.</p>
<table><thead><tr><th>Table<th>Step<th>Column or check<th>Kind<th class="n">Count</thead><tbody>{"".join(steps)}</tbody></table>
</main></body></html>
"""


def sync_tree(root: Path) -> None:
    """Everything below a folder is on disk when this returns."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in [*names, "."]:
            handle = os.open(os.path.join(folder, name), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def main(arguments: list[str]) -> int:
    """One run. The Silver folder appears under its name only when it is complete."""
    log = Log()
    started = datetime.now(timezone.utc)
    bronze_root = Path(os.environ.get("BRONZE_ROOT", "artifacts/bronze"))
    silver_root = Path(os.environ.get("SILVER_ROOT", "artifacts/silver"))
    try:
        if len(arguments) > 1:
            raise Failure("usage: load_2_silver_layer.py [BRONZE_RUN_ID]")
        bronze_id = find_bronze_run(bronze_root, arguments[0] if arguments else None)
        silver_id = os.environ.get("SILVER_RUN_ID") or started.strftime("%Y%m%d_%H%M%S") + bronze_id[15:]
        if not RUN_ID.fullmatch(silver_id):
            raise Failure("SILVER_RUN_ID is no run id")
        final, partial = silver_root / silver_id, silver_root / f".{silver_id}.{os.getpid()}.partial"
        if final.exists():
            raise Failure(f"Silver run {silver_id} exists already")
        (partial / "data").mkdir(parents=True)
    except (Failure, OSError) as error:
        log.say("ERROR", str(error))
        return 2
    # Nothing reads the clock for data: "now" is the moment at which Bronze was taken.
    as_of = datetime.strptime(bronze_id[:15], "%Y%m%d_%H%M%S")
    log.say("INFO", f"Silver run {silver_id} from Bronze run {bronze_id}")
    bronze = bronze_root / bronze_id / "data"
    for extra in sorted({path.name for path in bronze.glob("*.csv")} - TABLES.keys()):
        log.say("WARNING", f"{extra} is in the Bronze run and has no plan: left out")
    tables = run_tables(bronze, partial, as_of, silver_id, log)
    failed = [name for name, table in tables.items() if table["status"] != "SUCCESS"]
    log.say("ERROR" if failed else "INFO", f"{len(tables) - len(failed)} of {len(tables)} tables succeeded")
    ended = datetime.now(timezone.utc)
    run = {"run_id": silver_id, "layer": "silver", "bronze_run_id": bronze_id}
    run |= {"as_of": as_of.isoformat(), "started_utc": started.isoformat(), "ended_utc": ended.isoformat()}
    env = {"python": platform.python_version(), "polars": pl.__version__}
    summary = {"run": run, "env": env, "tables": tables}
    summary["summary"] = {"files_total": len(tables), "files_failed": len(failed)}
    try:
        write_reports(partial, summary, log)
        sync_tree(partial)
        os.rename(partial, final)
    except OSError as error:
        log.say("ERROR", f"nothing was published: {type(error).__name__}")
        return 2
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
