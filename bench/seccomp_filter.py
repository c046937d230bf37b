"""Writes a system call filter for bubblewrap: the calls that Silversmith's own filter allows.

Usage: seccomp_filter.py CALLS_RS OUT_FILE
Reads the names from the list of the source, and compiles them with libseccomp (Debian: python3-seccomp).
Calls that Silversmith allows for some arguments only are allowed here for all."""

import re
import sys

import seccomp

source, out = sys.argv[1:]
with open(source) as file:
    text = file.read()
# The lists between the macro's brackets; later lists are of refused calls.
allowed = text[: text.index("UNRECORDED")]
names = set(re.findall(r"\bSYS_(\w+),", allowed))
names |= {"clone", "fcntl", "ioctl", "madvise", "mmap", "mprotect", "prctl", "prlimit64"}
program = seccomp.SyscallFilter(seccomp.ERRNO(38))
for name in sorted(names):
    program.add_rule(seccomp.ALLOW, name)
with open(out, "wb") as file:
    program.export_bpf(file)
print(len(names), "calls")
