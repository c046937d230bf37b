# Names that no CSV header can have (control characters are refused there), so that the skeleton's
# own columns never meet a column of the data.
ROW = "\x1frow"
RULE = "\x1frule"
FLAG = "\x1fflag"
HASH = "\x1fhash"
NEW = "\x1fnew"


def hash_of(columns: list[str]) -> pl.Expr:
    """Eight bytes for the values of a row: different values may share them, equal ones always do."""
    return pl.struct(pl.col(columns)).hash()


def repeated(hashes: pl.Series) -> pl.Series:
    """The hashes that occur more than once."""
    ordered = hashes.drop_nulls().sort()
    return ordered.filter(ordered == ordered.shift(1)).unique()


@dataclass(frozen=True)
class Run:
    """What the run supplies to the transforms; nothing else may differ between two runs."""

    as_of: datetime
    load_id: str
    source_file: str


@dataclass(frozen=True)
class Flag:
    """A boolean column that is summed at the end of the pass: one count of one step."""

    step: str
    kind: str  # "changed", "invalid" or "check"
    name: str  # the column, or the name of the check
    column: str
    limit: int | None = None  # more than this many: the table fails
    rows: tuple[int, int | None] | None = None  # the column marks all rows: how many there must be

    def count(self, marked: int) -> int:
        """From the sum of the column: so many rows, or so many that are missing or too many."""
        if self.rows is None:
            return marked
        least, most = self.rows
        return max(least - marked, 0) + (max(marked - most, 0) if most is not None else 0)


@dataclass(frozen=True)
class UniqueCheck:
    """Columns that ought to identify a row, looked at when the pass is over."""

    step: str
    name: str
    column: str  # the hash of the columns, null where one of them is
    limit: int | None  # more than this many: the table fails
    keys: pl.LazyFrame | None = None  # the hash and the columns
    kind: str = "check"

    def count(self, hashes: pl.Series) -> int:
        """Rows beyond the first of each value. Only rows with a repeated hash are read again."""
        suspects = repeated(hashes)
        if suspects.is_empty():
            return 0
        rows = self.keys.filter(pl.col(self.column).is_in(suspects.implode()))
        rows = rows.drop(self.column).collect(engine="streaming")
        return rows.height - rows.unique().height


@dataclass(frozen=True)
class Table:
    """A lazy frame on its way from Bronze to Silver, with the counters of its steps."""

    frame: pl.LazyFrame
    columns: list[str]
    flags: list[Flag] = field(default_factory=list)
    rules: list[tuple[str, bool]] = field(default_factory=list)
    unique: list[UniqueCheck] = field(default_factory=list)

    def _with(self, **changes) -> Table:
        return Table(**{**self.__dict__, **changes})

    def _live(self, predicate: pl.Expr) -> pl.Expr:
        """The predicate, for rows that no earlier step has removed."""
        return predicate & pl.col(RULE).is_null() if self.rules else predicate

    def _flag(self, flags: list[Flag], step, kind, name, predicate, limit=None) -> pl.Expr:
        column = f"{FLAG}{len(self.flags) + len(flags)}"
        flags.append(Flag(step, kind, name, column, limit))
        return self._live(predicate).fill_null(False).alias(column)

    def _removed(self, step: str, predicate: pl.Expr, quarantine: bool) -> Table:
        """Marks the rows where the predicate is true; they leave the table at the end of the pass."""
        rules = [*self.rules, (step, quarantine)]
        mark = pl.lit(len(rules), dtype=pl.UInt16)
        if self.rules:
            rule = pl.when(pl.col(RULE).is_null() & predicate).then(mark).otherwise(pl.col(RULE))
        else:
            rule = pl.when(predicate).then(mark)
        return self._with(frame=self.frame.with_columns(rule.alias(RULE)), rules=rules)

    def _cells(self, step, cells, kept, on_error) -> Table:
        flags: list[Flag] = []
        counts = []
        for at, name in enumerate(cells):
            old, new = pl.col(name), pl.col(f"{NEW}{at}")
            if name in kept:
                counts.append(self._flag(flags, step, "changed", name, old.ne_missing(new)))
            if on_error is not None:
                invalid = old.is_not_null() & new.is_null()
                limit = 0 if on_error == "fail" else None
                counts.append(self._flag(flags, step, "invalid", name, invalid, limit))
        # The new cells stand beside the old ones while they are compared: each is computed once.
        named = {f"{NEW}{at}": cell for at, cell in enumerate(cells.values())}
        frame = self.frame.with_columns(**named).with_columns(counts)
        frame = frame.with_columns(pl.col(f"{NEW}{at}").alias(name) for at, name in enumerate(cells))
        t = self._with(frame=frame.drop(named), flags=self.flags + flags)
        if on_error == "quarantine":
            invalid = [pl.col(flag.column) for flag in flags if flag.kind == "invalid"]
            t = t._removed(step, pl.any_horizontal(invalid), True)
        return t

    def change(self, step: str, cells: dict[str, pl.Expr], on_error: str | None = None) -> Table:
        """New cells of the same type."""
        return self._cells(step, cells, list(cells), on_error)

    def convert(self, step: str, cells: dict[str, pl.Expr], on_error: str | None = None) -> Table:
        """New cells of another type; null means that the value could not be converted."""
        return self._cells(step, cells, [], on_error)

    def convert_some(self, step, cells: dict[str, pl.Expr], kept: list[str], on_error=None) -> Table:
        """New cells, of the same type in the columns `kept`, of another type in the others."""
        return self._cells(step, cells, kept, on_error)

    def derive(self, step: str, cells: dict[str, pl.Expr]) -> Table:
        """Columns that are computed: new ones at the end, existing ones in place."""
        new = [cell.alias(name) for name, cell in cells.items()]
        columns = self.columns + [name for name in cells if name not in self.columns]
        return self._with(frame=self.frame.with_columns(new), columns=columns)

    def select(self, step: str, columns: list[str]) -> Table:
        """These columns, in this order."""
        return self._with(columns=columns)

    def rename(self, step: str, names: dict[str, str]) -> Table:
        """New names by old names."""
        taken = [name for name in self.columns if name not in names]
        kept = [pl.col(name) for name in self.frame.collect_schema() if name[0] == "\x1f"]
        shown = [pl.col(name).alias(names.get(name, name)) for name in self.columns]
        columns = [names.get(name, name) for name in self.columns]
        assert len(set(columns)) == len(columns), taken
        return self._with(frame=self.frame.select(shown + kept), columns=columns)

    def count(self, step: str, checks: dict[str, pl.Expr]) -> Table:
        """Counts the rows where a predicate is true, by name."""
        flags: list[Flag] = []
        new = [self._flag(flags, step, "check", name, test) for name, test in checks.items()]
        return self._with(frame=self.frame.with_columns(new), flags=self.flags + flags)

    def remove(self, step: str, predicate: pl.Expr, quarantine: bool) -> Table:
        """Removes the rows where the predicate is true."""
        return self._removed(step, predicate.fill_null(False), quarantine)

    def _losers(self, keys: list[str], order_by: list[tuple[str, str]]) -> pl.Series:
        """Row numbers of all but the first row of each key that occurs more than once."""
        live = self.frame.filter(pl.col(RULE).is_null()) if self.rules else self.frame
        # Most keys occur once. A hash of eight bytes a row finds the few that may not; only those
        # rows are held, compared and sorted.
        hashes = live.select(hash_of(keys)).collect(engine="streaming").to_series()
        ordering = [name for name, _ in order_by if name]
        small = live.select(pl.col(name) for name in dict.fromkeys([ROW, *keys, *ordering]))
        rivals = small.filter(hash_of(keys).is_in(repeated(hashes).implode()))
        rivals = rivals.collect(engine="streaming").sort(
            [name or ROW for name, _ in order_by],
            descending=[way in ("descending", "last") for _, way in order_by],
            nulls_last=True,
        )
        winners = rivals.unique(subset=keys, keep="first", maintain_order=True)[ROW]
        return rivals[ROW].filter(~rivals[ROW].is_in(winners.implode())).sort()

    def keep_latest(self, step, keys: list[str], order_by: list[tuple[str, str]], quarantine) -> Table:
        """One row a key: the first in this order. A key with a null in it is no duplicate."""
        complete = self.remove(step, pl.any_horizontal(pl.col(keys).is_null()), False)
        losers = complete._losers(keys, order_by)
        return self._removed(step, pl.col(ROW).is_in(losers.implode()), quarantine)

    def keep_first(self, step: str, columns: list[str], quarantine: bool) -> Table:
        """The first of several rows that are equal in these columns; null equals null."""
        losers = self._losers(columns, [("", "first")])
        return self._removed(step, pl.col(ROW).is_in(losers.implode()), quarantine)

    def close_interval(self, step, key: list[str], start: str, end: str, minus_days: int) -> Table:
        """The end of a row is the next later start of its key, less some days."""
        live = self.frame.filter(pl.col(RULE).is_null()) if self.rules else self.frame
        known = pl.all_horizontal(pl.col([*key, start]).is_not_null())
        starts = live.filter(known).select([*key, start]).unique().sort([*key, start])
        following = (pl.col(start).shift(-1).over(key) - pl.duration(days=minus_days)).alias("\x1fend")
        starts = starts.with_columns(following).collect(engine="streaming").lazy()
        frame = self.frame.join(starts, on=[*key, start], how="left", maintain_order="left")
        if end not in self.columns:
            derived = pl.when(known).then(pl.col("\x1fend"))
            t = self._with(frame=frame).derive(step, {end: derived})
        else:
            closed = pl.when(known).then(pl.col("\x1fend")).otherwise(pl.col(end))
            t = self._with(frame=frame).change(step, {end: closed})
        return t._with(frame=t.frame.drop("\x1fend"))

    def expect(self, step, name: str, violated: pl.Expr, on_fail: str, threshold: int) -> Table:
        """Counts the rows where a condition is violated, and does with them what `on_fail` says."""
        flags: list[Flag] = []
        limit = threshold if on_fail == "fail" else None
        marked = self._flag(flags, step, "check", name, violated, limit)
        t = self._with(frame=self.frame.with_columns(marked), flags=self.flags + flags)
        if on_fail in ("drop", "quarantine"):
            t = t._removed(step, pl.col(flags[0].column), on_fail == "quarantine")
        return t

    def expect_unique(self, step, name: str, columns: list[str], on_fail, threshold) -> Table:
        """No two rows agree in these columns; all but the first count. A null agrees with nothing."""
        if on_fail in ("drop", "quarantine"):
            complete = self.remove(step, pl.any_horizontal(pl.col(columns).is_null()), False)
            losers = complete._losers(columns, [("", "first")])
            return self.expect(step, name, pl.col(ROW).is_in(losers.implode()), on_fail, threshold)
        # Nothing depends on the answer before the end of the pass, so the pass itself collects it.
        limit = threshold if on_fail == "fail" else None
        check = UniqueCheck(step, name, f"{HASH}{len(self.unique)}", limit)
        known = self._live(pl.all_horizontal(pl.col(columns).is_not_null()))
        hashed = pl.when(known).then(hash_of(columns)).alias(check.column)
        kept = self.frame.with_columns(hashed)
        check = replace(check, keys=kept.select(check.column, *(pl.col(c) for c in columns)))
        return self._with(frame=kept, unique=[*self.unique, check])

    def expect_rows(self, step, name: str, rows: tuple[int, int | None], on_fail, threshold) -> Table:
        """At least and at most so many rows."""
        flags: list[Flag] = []
        limit = threshold if on_fail == "fail" else None
        marked = self._flag(flags, step, "check", name, pl.lit(True), limit)
        flags[-1] = replace(flags[-1], rows=rows)
        return self._with(frame=self.frame.with_columns(marked), flags=self.flags + flags)
