def text_or_null(text: pl.Expr) -> pl.Expr:
    """Text of which nothing is left is null: an empty cell and a missing value are one thing."""
    return pl.when(text != "").then(text)
