"""The Silver steps in DuckDB. Usage: duckdb_silver.py BRONZE_DIR OUT_DIR"""

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
    when 'f' then 'Female' when 'female' then 'Female' end;
create macro marital(x) as case lower(trim(x)) when 'm' then 'Married' when 's' then 'Single' end;
create macro country(x) as case lower(trim(x))
    when 'de' then 'Germany' when 'germany' then 'Germany'
    when 'us' then 'United States' when 'usa' then 'United States'
    when 'united states' then 'United States' when 'australia' then 'Australia'
    when 'canada' then 'Canada' when 'france' then 'France'
    when 'united kingdom' then 'United Kingdom' end;
"""

TABLES = {
    "cst_info.csv": """
        select try_cast(cst_id as bigint) as cst_id, cst_key, text_of(cst_firstname) as cst_firstname,
            text_of(cst_lastname) as cst_lastname, marital(cst_marital_status) as cst_marital_status,
            gender(cst_gndr) as cst_gndr, day_of(cst_create_date) as cst_create_date
        from bronze""",
    "CST_AZ12.csv": """
        select case when starts_with(CID, 'NAS') then CID[4:] else CID end as CID,
            born(BDATE) as BDATE, gender(GEN) as GEN
        from bronze""",
    "LOC_A101.csv": """
        select replace(CID, '-', '') as CID, country(CNTRY) as CNTRY from bronze""",
    "PX_CAT_G1V2.csv": """
        select ID, text_of(CAT) as CAT, text_of(SUBCAT) as SUBCAT, text_of(MAINTENANCE) as MAINTENANCE
        from bronze""",
    # A window loses the order of the rows, so it is numbered first and restored last.
    "prd_info.csv": """
        with numbered as (select *, row_number() over () as place from bronze)
        select try_cast(prd_id as bigint) as prd_id, prd_key, text_of(prd_nm) as prd_nm,
            try_cast(prd_cost as bigint) as prd_cost, text_of(prd_line) as prd_line,
            day_of(prd_start_dt) as prd_start_dt,
            lead(day_of(prd_start_dt)) over (partition by prd_key order by day_of(prd_start_dt)) - 1
                as prd_end_dt,
            replace(prd_key[1:5], '-', '_') as prd_cat_id, prd_key[7:] as prd_sales_key
        from numbered order by place""",
    "sales_details.csv": """
        with typed as (
            select sls_ord_num, sls_prd_key, try_cast(sls_cust_id as bigint) as sls_cust_id,
                compact(sls_order_dt) as sls_order_dt, compact(sls_ship_dt) as sls_ship_dt,
                compact(sls_due_dt) as sls_due_dt, try_cast(sls_sales as bigint) as sales,
                try_cast(sls_quantity as bigint) as sls_quantity,
                abs(try_cast(sls_price as bigint)) as price
            from bronze),
        priced as (
            select *, case when price > 0 then price else sales // sls_quantity end as sls_price
            from typed)
        select sls_ord_num, sls_prd_key, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt,
            case when sales is null or sales <> sls_quantity * sls_price
                then sls_quantity * sls_price else sales end as sls_sales,
            sls_quantity, sls_price
        from priced""",
    "customer_info.csv": """
        select try_cast(customer_id as bigint) as customer_id, text_of(firstname) as firstname,
            text_of(lastname) as lastname, gender(gender) as gender, born(date_of_birth) as date_of_birth
        from bronze""",
    "product_info.csv": """
        select try_cast(product_id as bigint) as product_id, product_name, category,
            try_cast(price as double) as price
        from bronze""",
    "sales_transactions.csv": """
        select try_cast(transaction_id as bigint) as transaction_id,
            try_cast(customer_id as bigint) as customer_id, try_cast(product_id as bigint) as product_id,
            try_cast(quantity as bigint) as quantity, try_cast(unit_price as double) as unit_price,
            day_of(transaction_date) as transaction_date
        from bronze""",
}


def main():
    bronze, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(MACROS)
    for name, query in TABLES.items():
        connection.execute(
            "create or replace temp view bronze as from "
            f"read_csv('{bronze / name}', header = true, all_varchar = true)"
        )
        connection.execute(f"copy ({query}) to '{out / name}' (header, delimiter ',')")


main()
