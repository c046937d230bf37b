"""The Silver steps in pandas. Usage: pandas_silver.py BRONZE_DIR OUT_DIR [--hash]"""

import hashlib
import sys
from pathlib import Path

import pandas as pd

AS_OF = pd.Timestamp("2026-01-25")
GENDER = {"m": "Male", "male": "Male", "f": "Female", "female": "Female"}
MARITAL = {"m": "Married", "s": "Single"}
COUNTRY = {
    "de": "Germany", "germany": "Germany", "us": "United States", "usa": "United States",
    "united states": "United States", "australia": "Australia", "canada": "Canada",
    "france": "France", "united kingdom": "United Kingdom",
}  # fmt: skip


def read(path):
    # Nothing but an empty cell is null: "NA" is a code.
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def text(column):
    stripped = column.str.strip()
    return stripped.mask(stripped == "")


def code(column, meanings):
    return column.str.strip().str.lower().map(meanings)


def integer(column):
    return pd.to_numeric(column, errors="coerce").astype("Int64")


def date(column, form="%Y-%m-%d"):
    return pd.to_datetime(column, format=form, errors="coerce")


def cst_info(t):
    t["cst_id"] = integer(t["cst_id"])
    t["cst_firstname"] = text(t["cst_firstname"])
    t["cst_lastname"] = text(t["cst_lastname"])
    t["cst_marital_status"] = code(t["cst_marital_status"], MARITAL)
    t["cst_gndr"] = code(t["cst_gndr"], GENDER)
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
    for name in ["CAT", "SUBCAT", "MAINTENANCE"]:
        t[name] = text(t[name])
    return t


def prd_info(t):
    t["prd_id"] = integer(t["prd_id"])
    t["prd_cat_id"] = t["prd_key"].str.slice(0, 5).str.replace("-", "_", regex=False)
    t["prd_sales_key"] = t["prd_key"].str.slice(6)
    t["prd_nm"] = text(t["prd_nm"])
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
    sales, quantity, price = t["sls_sales"], t["sls_quantity"], t["sls_price"].abs()
    price = price.mask(price.isna() | (price == 0), sales // quantity)
    wrong = sales.isna() | (sales != quantity * price).fillna(False)
    t["sls_sales"] = sales.mask(wrong, quantity * price)
    t["sls_price"] = price
    return t


def customer_info(t):
    t["customer_id"] = integer(t["customer_id"])
    t["firstname"] = text(t["firstname"])
    t["lastname"] = text(t["lastname"])
    t["gender"] = code(t["gender"], GENDER)
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


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main():
    bronze, out = Path(sys.argv[1]), Path(sys.argv[2])
    hashing = "--hash" in sys.argv[3:]
    out.mkdir(parents=True, exist_ok=True)
    digests = []
    for name, transform in TABLES.items():
        if hashing:
            digests.append(f"{sha256(bronze / name)}  bronze/{name}\n")
        transform(read(bronze / name)).to_csv(out / name, index=False, lineterminator="\n")
        if hashing:
            digests.append(f"{sha256(out / name)}  silver/{name}\n")
    if hashing:
        (out / "SHA256SUMS").write_text("".join(digests))


main()
