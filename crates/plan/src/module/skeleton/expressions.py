def text_or_null(text: pl.Expr) -> pl.Expr:
    """Text of which nothing is left is null: an empty cell and a missing value are one thing."""
    return pl.when(text != "").then(text)


def sentence_case(text: pl.Expr) -> pl.Expr:
    """The first character in title case, the rest in lower case."""
    return text.str.head(1).str.to_titlecase() + text.str.slice(1).str.to_lowercase()


def finite(number: pl.Expr) -> pl.Expr:
    """A float that is no number, or beyond the largest, is null; zero has no sign."""
    return pl.when(number.is_finite()).then(number + 0.0)


def wide(number: pl.Expr) -> pl.Expr:
    """An integer with room for the sum or product of any two."""
    return number.cast(pl.Int128)


def narrow(number: pl.Expr) -> pl.Expr:
    """Back to 64 bits; null where they are too few. Polars itself would wrap around silently."""
    return number.cast(pl.Int64, strict=False)


def quotient(dividend: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    """Of two floats. By a constant, Polars would multiply by its reciprocal, which rounds differently:
    so the divisor is made a column."""
    return finite(dividend / (divisor + dividend * 0.0))


def unless_zero(number: pl.Expr) -> pl.Expr:
    """A decimal divisor; null where it is zero, at which Polars itself would fail."""
    return pl.when(number != 0).then(number)


def plain_decimal(text: pl.Expr, precision: int, scale: int) -> pl.Expr:
    """A plain number as a decimal, or null where it has other digits than there is room for."""
    fraction = rf"(?:\.[0-9]{{1,{scale}}}0*)?" if scale else r"(?:\.0+)?"
    plain = text.str.contains(rf"^[+-]?[0-9]+{fraction}$")
    return pl.when(plain).then(text).cast(pl.Decimal(precision, scale), strict=False)


def plain_float(text: pl.Expr) -> pl.Expr:
    """A plain number as the nearest float, or null where it is none or too large. Zero has no sign."""
    plain = text.str.contains(r"^[+-]?[0-9]+(?:\.[0-9]+)?$")
    number = pl.when(plain).then(text).cast(pl.Float64, strict=False) + 0.0
    return pl.when(number.is_finite()).then(number)


def exact_cast(value: pl.Expr, before: pl.DataType, after: pl.DataType) -> pl.Expr:
    """The value in another type, or null where that is not the same value."""
    new = value.cast(after, strict=False)
    return pl.when(new.cast(before, strict=False) == value).then(new)


def timestamp_text(instant: pl.Expr) -> pl.Expr:
    """ISO 8601, with six digits of the second's fraction where there is one."""
    whole = instant.dt.to_string("%Y-%m-%dT%H:%M:%S")
    exact = instant.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
    return pl.when(instant.dt.microsecond() == 0).then(whole).otherwise(exact)


# What each part of a format reads, so that what Polars reads more generously (signs, spaces, missing
# digits, the year 0, leap seconds) does not reach it. That the day exists is left to Polars.
DIRECTIVES = {
    "%Y": "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])",
    "%m": "[0-9]{2}",
    "%d": "[0-9]{2}",
    "%-m": "[1-9][0-9]?",
    "%-d": "[1-9][0-9]?",
    "%b": "(?i-u:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "%H": "(?:[01][0-9]|2[0-3])",
    "%M": "[0-5][0-9]",
    "%S": "[0-5][0-9]",
    "%.f": r"\.[0-9]{1,9}",
}


def in_format(text: pl.Expr, format: str) -> pl.Expr:
    """The text where it has the shape of the format, else null."""
    parts = re.split("(%[-.]?[A-Za-z])", format)
    shape = "".join(DIRECTIVES.get(part) or part.replace(".", r"\.") for part in parts)
    return pl.when(text.str.contains(f"^{shape}$")).then(text)


def strict_date(text: pl.Expr, format: str) -> pl.Expr:
    """A date in exactly this format, or null. Dates repeat, so that each is read once a batch."""
    format, text = format.replace("%-", "%"), in_format(text, format)
    return text.str.to_date(format, strict=False, cache=True)


def strict_midnight(text: pl.Expr, format: str) -> pl.Expr:
    """The first instant of a date in exactly this format, or null."""
    return strict_date(text, format).cast(pl.Datetime("us"))


def strict_timestamp(text: pl.Expr, format: str) -> pl.Expr:
    """An instant in exactly this format, cut to the microsecond, or null."""
    format, text = format.replace("%-", "%"), in_format(text, format)
    return text.str.to_datetime(format, time_unit="us", strict=False, cache=False)


def within(value: pl.Expr, low: pl.Expr | None, high: pl.Expr | None) -> pl.Expr:
    """The value, or null where it lies outside the bounds."""
    tests = [value >= low] if low is not None else []
    tests += [value <= high] if high is not None else []
    return pl.when(*tests).then(value)


def truth(token: pl.Expr, true: list[str], false: list[str]) -> pl.Expr:
    """Whether a token is among those for true, or null where it is not among those for false either."""
    return pl.when(token.is_in(true)).then(True).when(token.is_in(false)).then(False)


REFERENCE = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def referred(reference: re.Match) -> str:
    """The character that an HTML reference stands for; a reference to none stays as it is."""
    decimal, hexadecimal, name = reference.groups()
    if name:
        return ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    known = 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF
    return chr(code) if known else reference[0]


def unescape_html(text: pl.Expr) -> pl.Expr:
    """Resolves references once. Python sees the distinct values that have an ampersand, nothing else."""

    def unescaped(values: pl.Series) -> pl.Series:
        old = values.filter(values.str.contains("&", literal=True)).unique()
        new = [REFERENCE.sub(referred, value) for value in old]
        return values.replace(old, pl.Series(new, dtype=pl.String)) if len(old) else values

    return text.map_batches(unescaped, return_dtype=pl.String, is_elementwise=True)


def hash_key(texts: list[pl.Expr], null_token: str) -> pl.Expr:
    """SHA-256 over the texts, each behind its length and a colon; null is the token alone."""

    def hashed(messages: pl.Series) -> pl.Series:
        digests = [hashlib.sha256(message.encode()).hexdigest() for message in messages]
        return pl.Series(digests, dtype=pl.String)

    parts = [pl.concat_str(text.str.len_bytes(), pl.lit(":"), text) for text in texts]
    message = pl.concat_str(part.fill_null(null_token) for part in parts)
    return message.map_batches(hashed, return_dtype=pl.String, is_elementwise=True)


# White space as Unicode has it (`White_Space`), and the signs that stand around digits.
AROUND_DIGITS = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000+-()%"
)


def plain_number(
    text: pl.Expr, shape: str, currency: str = "", group: str = "", decimal: str = ".", percent=False
) -> pl.Expr:
    """The plain notation of a number of this shape, or null. The characters of currencies that stand
    around the digits are none that digits start or end with, and have no minus or parenthesis."""
    digits = pl.when(text.str.contains(shape)).then(text.str.strip_chars(AROUND_DIGITS + currency))
    if group:
        digits = digits.str.replace_all(group, "", literal=True)
    if decimal != ".":
        digits = digits.str.replace(decimal, ".", literal=True)
    if percent:
        hundredth = pl.concat_str(pl.lit("00"), digits).str.replace(
            r"^([0-9]+)([0-9]{2})(?:\.([0-9]+))?$", "${1}.${2}${3}"
        )
        digits = pl.when(text.str.contains("%", literal=True)).then(hundredth).otherwise(digits)
    negative = text.str.contains("[-(]")
    return pl.when(negative).then(pl.concat_str(pl.lit("-"), digits)).otherwise(digits)
