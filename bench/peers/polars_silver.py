"""The Silver steps in Polars. Usage: polars_silver.py BRONZE_DIR OUT_DIR"""

import datetime
import sys
from pathlib import Path

import polars as pl
from polars import col

AS_OF = datetime.date(2026, 1, 25)
GENDER = {"m": "Male", "male": "Male", "f": "Female", "female": "Female"}
MARITAL = {"m": "Married", "s": "Single"}
COUNTRY = {
    "de": "Germany", "germany": "Germany", "us": "United States", "usa": "United States",
    "united states": "United States", "australia": "Australia", "canada": "Canada",
    "france": "France", "united kingdom": "United Kingdom",
}  # fmt: skip


def text(*names):
    stripped = col(*names).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def code(name, meanings):
    lowered = col(name).str.strip_chars().str.to_lowercase()
    return lowered.replace_strict(meanings, default=None, return_dtype=pl.String)


def integer(*names):
    return col(*names).cast(pl.Int64, strict=False)


def date(*names, form="%Y-%m-%d"):
    return col(*names).str.to_date(form, strict=False)


def born(name):
    day = date(name)
    return pl.when(day <= AS_OF).then(day).alias(name)


def cst_info(t):
    return t.with_columns(
        integer("cst_id"),
        text("cst_firstname", "cst_lastname"),
        code("cst_marital_status", MARITAL),
        code("cst_gndr", GENDER),
        date("cst_create_date"),
    )


def cst_az12(t):
    return t.with_columns(col("CID").str.strip_prefix("NAS"), born("BDATE"), code("GEN", GENDER))


def loc_a101(t):
    return t.with_columns(
        col("CID").str.replace_all("-", "", literal=True), code("CNTRY", COUNTRY)
    )


def px_cat(t):
    return t.with_columns(text("CAT", "SUBCAT", "MAINTENANCE"))


def prd_info(t):
    t = t.with_columns(
        integer("prd_id", "prd_cost"), text("prd_nm", "prd_line"), date("prd_start_dt")
    )
    following = col("prd_start_dt").shift(-1).over("prd_key", order_by="prd_start_dt")
    return t.with_columns(
        following.dt.offset_by("-1d").alias("prd_end_dt"),
        col("prd_key").str.slice(0, 5).str.replace_all("-", "_", literal=True).alias("prd_cat_id"),
        col("prd_key").str.slice(6).alias("prd_sales_key"),
    )


def sales_details(t):
    dates = ["sls_order_dt", "sls_ship_dt", "sls_due_dt"]
    eight = pl.when(col(*dates).str.len_bytes() == 8).then(col(*dates))
    t = t.with_columns(
        eight.str.to_date("%Y%m%d", strict=False),
        integer("sls_cust_id", "sls_sales", "sls_quantity", "sls_price"),
    )
    price, sales, quantity = col("sls_price").abs(), col("sls_sales"), col("sls_quantity")
    t = t.with_columns(
        pl.when(price > 0).then(price).otherwise(sales // quantity).alias("sls_price")
    )
    right = col("sls_quantity") * col("sls_price")
    return t.with_columns(
        pl.when(sales.is_null() | (sales != right)).then(right).otherwise(sales).alias("sls_sales")
    )


def customer_info(t):
    return t.with_columns(
        integer("customer_id"),
        text("firstname", "lastname"),
        code("gender", GENDER),
        born("date_of_birth"),
    )


def product_info(t):
    return t.with_columns(integer("product_id"), col("price").cast(pl.Float64, strict=False))


def sales_transactions(t):
    return t.with_columns(
        integer("transaction_id", "customer_id", "product_id", "quantity"),
        col("unit_price").cast(pl.Float64, strict=False),
        date("transaction_date"),
    )


TABLES = {
    "cst_info.csv": cst_info,
    "CST_AZ12.csv": cst_az12,
    "LOC_A101.csv": loc_a101,
    "PX_CAT_G1V2.csv": px_cat,
    "prd_info.csv": prd_info,
    "sales_details.csv": sales_details,
    "customer_info.csv": customer_info,
    "product_info.csv": product_info,
    "sales_transactions.csv": sales_transactions,
}


def main():
    bronze, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for name, transform in TABLES.items():
        table = pl.scan_csv(bronze / name, infer_schema=False)
        transform(table).sink_csv(out / name, engine="streaming")


main()
