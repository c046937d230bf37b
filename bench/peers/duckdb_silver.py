"""The Silver steps in DuckDB. Usage: duckdb_silver.py BRONZE_DIR OUT_DIR [--check]

With --check, the plan's expectations are counted too, and printed as JSON."""

import json
import sys
from pathlib import Path

import duckdb

MACROS = """
create macro text_of(x) as nullif(trim(x), '');
create macro day_of(x) as try_strptime(x, '%Y-%m-%d')::date;
create macro born(x) as case when day_of(x) <= date '2026-01-25' then day_of(x) end;
create macro compact(x) as case when length(x) = 8 then try_strptime(x, '%Y%m%d')::date end;
create macro gender(x) as case lower(trim(x))
    when 'm' then 'Male' when 'male' then 'Male'
    when 'f' then 'Female' when 'female' then 'Female' else text_of(x) end;
create macro country(x) as case lower(trim(x))
    when 'de' then 'Germany' when 'germany' then 'Germany'
    when 'us' then 'United States' when 'usa' then 'United States'
    when 'united states' then 'United States' when 'australia' then 'Australia'
    when 'canada' then 'Canada' when 'france' then 'France'
    when 'united kingdom' then 'United Kingdom' else text_of(x) end;
create macro truth(x) as case lower(trim(x)) when 'yes' then true when 'no' then false end;
"""

TABLES = {
    "cst_info.csv": """
        select try_cast(cst_id as bigint) as cst_id, cst_key, text_of(cst_firstname) as cst_firstname,
            text_of(cst_lastname) as cst_lastname, cst_marital_status, cst_gndr,
            day_of(cst_create_date) as cst_create_date
        from bronze""",
    "CST_AZ12.csv": """
        select case when starts_with(CID, 'NAS') then CID[4:] else CID end as CID,
            born(BDATE) as BDATE, gender(GEN) as GEN
        from bronze""",
    "LOC_A101.csv": """
        select replace(CID, '-', '') as CID, country(CNTRY) as CNTRY from bronze""",
    "PX_CAT_G1V2.csv": """
        select ID, CAT, SUBCAT, truth(MAINTENANCE) as MAINTENANCE from bronze""",
    # A window loses the order of the rows, so it is numbered first and restored last.
    "prd_info.csv": """
        with numbered as (select *, row_number() over () as place from bronze)
        select try_cast(prd_id as bigint) as prd_id, prd_key, prd_nm,
            try_cast(prd_cost as bigint) as prd_cost, text_of(prd_line) as prd_line,
            day_of(prd_start_dt) as prd_start_dt,
            lead(day_of(prd_start_dt)) over (partition by prd_key order by day_of(prd_start_dt)) - 1
                as prd_end_dt,
            replace(prd_key[1:5], '-', '_') as prd_key_head, prd_key[7:] as prd_key_tail
        from numbered order by place""",
    "sales_details.csv": """
        with typed as (
            select sls_ord_num, sls_prd_key, try_cast(sls_cust_id as bigint) as sls_cust_id,
                compact(sls_order_dt) as sls_order_dt, compact(sls_ship_dt) as sls_ship_dt,
                compact(sls_due_dt) as sls_due_dt, try_cast(sls_sales as bigint) as sales,
                try_cast(sls_quantity as bigint) as sls_quantity,
                try_cast(sls_price as bigint) as price
            from bronze),
        priced as (
            select *, case
                when price < 0 and -price * sls_quantity = sales then -price
                when (price is null or price = 0) and sales // sls_quantity * sls_quantity = sales
                    then sales // sls_quantity
                else price end as sls_price
            from typed),
        completed as (
            select * exclude (sales), case
                when sls_quantity > 0 and sls_price > 0 and (
                    sales is null or sales <= 0 or sales = sls_quantity or sales = sls_price)
                    then sls_quantity * sls_price else sales end as sales
            from priced),
        judged as (
            select *, sales > 0 and sls_quantity > 0 and sls_price > 0
                and sales <> sls_quantity * sls_price as contradictory
            from completed)
        select sls_ord_num, sls_prd_key, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt,
            case when contradictory then sls_quantity * sls_price else sales end as sls_sales,
            sls_quantity, sls_price, contradictory
        from judged""",
    "customer_info.csv": """
        select try_cast(customer_id as bigint) as customer_id, firstname, lastname, gender,
            born(date_of_birth) as date_of_birth
        from bronze""",
    "product_info.csv": """
        select try_cast(product_id as bigint) as product_id, product_name, category,
            try_cast(price as decimal(18, 1)) as price
        from bronze""",
    "sales_transactions.csv": """
        select try_cast(transaction_id as bigint) as transaction_id,
            try_cast(customer_id as bigint) as customer_id, try_cast(product_id as bigint) as product_id,
            try_cast(quantity as bigint) as quantity, try_cast(unit_price as decimal(18, 1)) as unit_price,
            day_of(transaction_date) as transaction_date
        from bronze""",
}


# By table: its keys, and what must hold in no row. A null is no violation but of its own rule.
CHECKS = {
    "cst_info.csv": (
        [["cst_key"], ["cst_id"]],
        {
            "not-null-cst-key": "cst_key is null",
            "not-null-cst-id": "cst_id is null",
            "domain-cst-marital-status": "cst_marital_status not in ('M', 'S')",
            "domain-cst-gndr": "cst_gndr not in ('M', 'F')",
        },
    ),
    "CST_AZ12.csv": ([["CID"]], {"not-null-cid": "CID is null"}),
    "LOC_A101.csv": ([["CID"]], {"not-null-cid": "CID is null"}),
    "PX_CAT_G1V2.csv": ([["ID"]], {"not-null-id": "ID is null"}),
    "prd_info.csv": (
        [["prd_id"]],
        {
            "order-prd-start-dt-prd-end-dt": "prd_start_dt > prd_end_dt",
            "not-null-prd-id": "prd_id is null",
            "domain-prd-line": "prd_line not in ('M', 'R', 'S', 'T')",
        },
    ),
    "sales_details.csv": (
        [["sls_ord_num", "sls_prd_key"]],
        {
            "contradictory-sls-sales": "contradictory",
            "product-holds-sls-sales": "sls_sales <> sls_quantity * sls_price",
            "product-known-sls-sales": "sls_sales is null or sls_quantity is null or sls_price is null",
            "order-sls-order-dt-sls-ship-dt": "sls_order_dt > sls_ship_dt",
            "order-sls-order-dt-sls-due-dt": "sls_order_dt > sls_due_dt",
            "order-sls-ship-dt-sls-due-dt": "sls_ship_dt > sls_due_dt",
            "not-null-sls-ord-num": "sls_ord_num is null",
            "not-null-sls-prd-key": "sls_prd_key is null",
        },
    ),
    "customer_info.csv": ([["customer_id"]], {"not-null-customer-id": "customer_id is null"}),
    "product_info.csv": ([["product_id"]], {"not-null-product-id": "product_id is null"}),
    "sales_transactions.csv": (
        [["transaction_id"]],
        {"not-null-transaction-id": "transaction_id is null"},
    ),
}


def counted(connection, keys, predicates):
    """Violations by name, and rows beyond the first of each key; a null in it repeats none."""
    tests = ", ".join(f"count_if({test})" for test in predicates.values())
    row = connection.execute(f"select {tests} from silver").fetchone()
    counts = dict(zip(predicates, row))
    for key in keys:
        columns = ", ".join(key)
        known = " and ".join(f"{column} is not null" for column in key)
        # Grouping takes half of the time of `count(distinct ...)`.
        (repeats,) = connection.execute(
            "select coalesce(sum(rows - 1), 0)::bigint from "
            f"(select count(*) as rows from silver where {known} group by {columns})"
        ).fetchone()
        counts["-".join(["unique", *key]).lower().replace("_", "-")] = repeats
    return counts


def main():
    bronze, out = Path(sys.argv[1]), Path(sys.argv[2])
    checking = "--check" in sys.argv[3:]
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(MACROS)
    counts = {}
    for name, query in TABLES.items():
        connection.execute(
            "create or replace temp view bronze as from "
            f"read_csv('{bronze / name}', header = true, all_varchar = true)"
        )
        source = f"({query})"
        if checking:
            connection.execute(f"create or replace temp table silver as {query}")
            source = "silver"
        # A column for the checks alone is not written.
        written = f"select columns(lambda c: c <> 'contradictory') from {source}"
        connection.execute(f"copy ({written}) to '{out / name}' (header, delimiter ',')")
        if checking:
            counts[name] = counted(connection, *CHECKS[name])
    if checking:
        print(json.dumps(counts, indent=1))


main()
