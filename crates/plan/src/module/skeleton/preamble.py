"""Turns the CSV files of a Bronze run into Silver tables.

    python load_2_silver_layer.py [BRONZE_RUN_ID]

Reads  BRONZE_ROOT/<bronze_run_id>/data/*.csv  (BRONZE_ROOT defaults to artifacts/bronze)
Writes SILVER_ROOT/<silver_run_id>/            (SILVER_ROOT defaults to artifacts/silver)
Without an argument the latest Bronze run is taken. Exit status: 0 when every table succeeded, else 2.

The transforms below are the part made for this data. Everything after them is the skeleton, the
same in every module. Cells are read as text; types come from explicit steps only. Every step counts
the cells it changes, and rows that leave a table are counted and kept in quarantine.
"""

from __future__ import annotations

import csv
import hashlib
import html
import json
import os
import platform
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path

# Polars reads a CSV file in chunks of its own choice and holds several at a time. Small ones keep a
# run over 570 MB at 350 MB of memory instead of 470 MB, and cost nothing that can be measured.
os.environ.setdefault("POLARS_CSV_CHUNK_SIZE", "4000000")
os.environ.setdefault("POLARS_CSV_CHUNK_PREFETCH_LIMIT", "2")
# Its allocator gives memory back and asks for it again all the time; two seconds of patience save a
# few per cent of the CPU time for 10 to 30 MB. (Where another allocator is built in, the variable means nothing.)
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:2000,muzzy_decay_ms:0")

import polars as pl  # noqa: E402
