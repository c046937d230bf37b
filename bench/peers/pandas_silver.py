"""The Silver steps in pandas. Usage: pandas_silver.py BRONZE_DIR OUT_DIR [--check] [--hash]

With --check, the plan's expectations are counted too, and printed as JSON; with --hash, inputs and
outputs are hashed. Runs on pandas 2 and 3."""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

AS_OF = pd.Timestamp("2026-01-25")
GENDER = {"m": "Male", "male": "Male", "f": "Female", "female": "Female"}
COUNTRY = {
    "de": "Germany", "germany": "Germany", "us": "United States", "usa": "United States",
    "united states": "United States", "australia": "Australia", "canada": "Canada",
    "france": "France", "united kingdom": "United Kingdom",
}  # fmt: skip
# A column for the checks alone.
MARK = "contradictory"


def read(path):
    # Nothing but an empty cell is null: "NA" is a code.
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def text(column):
    stripped = column.str.strip()
    return stripped.mask(stripped == "")


def code(column, meanings):
    """What a known code means; any other stays as it is."""
    stripped = column.str.strip()
    known = stripped.str.lower().map(meanings).fillna(stripped)
    return known.mask(known == "")


def integer(column):
    return pd.to_numeric(column, errors="coerce").astype("Int64")


def date(column, form="%Y-%m-%d"):
    return pd.to_datetime(column, format=form, errors="coerce")


def cst_info(t):
    t["cst_id"] = integer(t["cst_id"])
    t["cst_firstname"] = text(t["cst_firstname"])
    t["cst_lastname"] = text(t["cst_lastname"])
    t["cst_create_date"] = date(t["cst_create_date"])
    return t


def cst_az12(t):
    t["CID"] = t["CID"].str.removeprefix("NAS")
    born = date(t["BDATE"])
    t["BDATE"] = born.mask(born > AS_OF)
    t["GEN"] = code(t["GEN"], GENDER)
    return t


def loc_a101(t):
    t["CID"] = t["CID"].str.replace("-", "", regex=False)
    t["CNTRY"] = code(t["CNTRY"], COUNTRY)
    return t


def px_cat(t):
    yes = {"yes": "true", "no": "false"}
    t["MAINTENANCE"] = t["MAINTENANCE"].str.strip().str.lower().map(yes)
    return t


def prd_info(t):
    t["prd_id"] = integer(t["prd_id"])
    t["prd_key_head"] = t["prd_key"].str.slice(0, 5).str.replace("-", "_", regex=False)
    t["prd_key_tail"] = t["prd_key"].str.slice(6)
    t["prd_cost"] = integer(t["prd_cost"])
    t["prd_line"] = text(t["prd_line"])
    t["prd_start_dt"] = date(t["prd_start_dt"])
    following = t.sort_values("prd_start_dt", kind="stable").groupby("prd_key")["prd_start_dt"]
    t["prd_end_dt"] = following.shift(-1) - pd.Timedelta(days=1)
    return t


def sales_details(t):
    for name in ["sls_order_dt", "sls_ship_dt", "sls_due_dt"]:
        column = t[name]
        t[name] = date(column.where(column.str.len() == 8), "%Y%m%d")
    for name in ["sls_cust_id", "sls_sales", "sls_quantity", "sls_price"]:
        t[name] = integer(t[name])
    sales, quantity, price = t["sls_sales"], t["sls_quantity"], t["sls_price"]
    minus = (price < 0) & (-price * quantity == sales)
    price = price.mask(minus.fillna(False), -price)
    whole = sales // quantity
    exact = (price.isna() | (price == 0)) & (whole * quantity == sales)
    price = price.mask(exact.fillna(False), whole)
    missing = sales.isna() | (sales <= 0)
    forgotten = (sales == quantity) | (sales == price)
    wrong = (quantity > 0) & (price > 0) & (missing | forgotten)
    sales = sales.mask(wrong.fillna(False), quantity * price)
    product = quantity * price
    positive = (sales > 0) & (quantity > 0) & (price > 0)
    t[MARK] = (positive & (sales != product)).fillna(False)
    t["sls_sales"] = sales.mask(t[MARK], product)
    t["sls_price"] = price
    return t


def customer_info(t):
    t["customer_id"] = integer(t["customer_id"])
    born = date(t["date_of_birth"])
    t["date_of_birth"] = born.mask(born > AS_OF)
    return t


def product_info(t):
    t["product_id"] = integer(t["product_id"])
    t["price"] = pd.to_numeric(t["price"], errors="coerce")
    return t


def sales_transactions(t):
    for name in ["transaction_id", "customer_id", "product_id", "quantity"]:
        t[name] = integer(t[name])
    t["unit_price"] = pd.to_numeric(t["unit_price"], errors="coerce")
    t["transaction_date"] = date(t["transaction_date"])
    return t


def no_value(t, *names):
    return {f"not-null-{name.lower().replace('_', '-')}": t[name].isna() for name in names}


def not_in(t, name, codes):
    return {f"domain-{name.replace('_', '-')}": t[name].notna() & ~t[name].isin(codes)}


def cst_checks(t):
    return {
        **no_value(t, "cst_key", "cst_id"),
        **not_in(t, "cst_marital_status", ["M", "S"]),
        **not_in(t, "cst_gndr", ["M", "F"]),
    }


def prd_checks(t):
    return {
        "order-prd-start-dt-prd-end-dt": t["prd_start_dt"] > t["prd_end_dt"],
        **no_value(t, "prd_id"),
        **not_in(t, "prd_line", ["M", "R", "S", "T"]),
    }


def sales_checks(t):
    order, ship, due = t["sls_order_dt"], t["sls_ship_dt"], t["sls_due_dt"]
    sales, quantity, price = t["sls_sales"], t["sls_quantity"], t["sls_price"]
    return {
        "contradictory-sls-sales": t[MARK],
        "product-holds-sls-sales": sales != quantity * price,
        "product-known-sls-sales": sales.isna() | quantity.isna() | price.isna(),
        "order-sls-order-dt-sls-ship-dt": order > ship,
        "order-sls-order-dt-sls-due-dt": order > due,
        "order-sls-ship-dt-sls-due-dt": ship > due,
        **no_value(t, "sls_ord_num", "sls_prd_key"),
    }


# By table: how it is made, its keys, and what must hold in no row.
TABLES = {
    "cst_info.csv": (cst_info, [["cst_key"], ["cst_id"]], cst_checks),
    "CST_AZ12.csv": (cst_az12, [["CID"]], lambda t: no_value(t, "CID")),
    "LOC_A101.csv": (loc_a101, [["CID"]], lambda t: no_value(t, "CID")),
    "PX_CAT_G1V2.csv": (px_cat, [["ID"]], lambda t: no_value(t, "ID")),
    "prd_info.csv": (prd_info, [["prd_id"]], prd_checks),
    "sales_details.csv": (sales_details, [["sls_ord_num", "sls_prd_key"]], sales_checks),
    "customer_info.csv": (customer_info, [["customer_id"]], lambda t: no_value(t, "customer_id")),
    "product_info.csv": (product_info, [["product_id"]], lambda t: no_value(t, "product_id")),
    "sales_transactions.csv": (
        sales_transactions,
        [["transaction_id"]],
        lambda t: no_value(t, "transaction_id"),
    ),
}


def counted(t, keys, checks):
    """Violations by name, and rows beyond the first of each key; a null in it repeats none."""
    counts = {name: int(violated.sum()) for name, violated in checks(t).items()}
    for key in keys:
        known = t[key].dropna()
        name = "-".join(["unique", *key]).lower().replace("_", "-")
        counts[name] = int(known.duplicated().sum())
    return counts


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main():
    bronze, out = Path(sys.argv[1]), Path(sys.argv[2])
    hashing, checking = "--hash" in sys.argv[3:], "--check" in sys.argv[3:]
    out.mkdir(parents=True, exist_ok=True)
    digests, counts = [], {}
    for name, (transform, keys, checks) in TABLES.items():
        if hashing:
            digests.append(f"{sha256(bronze / name)}  bronze/{name}\n")
        table = transform(read(bronze / name))
        written = [column for column in table.columns if column != MARK]
        table.to_csv(out / name, columns=written, index=False, lineterminator="\n")
        if checking:
            counts[name] = counted(table, keys, checks)
        del table
        if hashing:
            digests.append(f"{sha256(out / name)}  silver/{name}\n")
    if hashing:
        (out / "SHA256SUMS").write_text("".join(digests))
    if checking:
        print(json.dumps(counts, indent=1))


main()
