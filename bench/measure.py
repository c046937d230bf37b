"""Runs one command and reports what it took.

Usage: measure.py OUT_FILE COMMAND...
Writes `wall_s cpu_s peak_kib exit_code` to OUT_FILE. The peak is that of the largest process among the
command and the children that it waited for, as the kernel counts it."""

import os
import sys
import time

started = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - started
with open(sys.argv[1], "w") as out:
    cpu = usage.ru_utime + usage.ru_stime
    out.write(f"{wall} {cpu} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}\n")
