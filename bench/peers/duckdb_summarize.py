"""DuckDB's SUMMARIZE over every CSV file of a folder. Usage: duckdb_summarize.py BRONZE_DIR"""

import sys
from pathlib import Path

import duckdb

connection = duckdb.connect()
for path in sorted(Path(sys.argv[1]).glob("*.csv")):
    rows = connection.execute(f"summarize from read_csv('{path}', header = true)").fetchall()
    print(path.name, len(rows), "columns")
