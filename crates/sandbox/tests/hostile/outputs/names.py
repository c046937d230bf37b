# Leaves files whose names trick whoever lists or handles them.
# outside: anyone
# allowed: SUCCEEDED
names = [b"line\nfeed", b"\x1b[31mred", b"\xff\xfe", b"return\r", b"tab\there", b"bell\x07", b"\x7f", b"\xc2\x9b31m",
         "right\u202eleft".encode(), "zero\u200bwidth".encode()]
os.chdir(os.fsencode(world["out"]))
for name in names:
    attempt(repr(name), lambda: write(name))
attempt("folder", lambda: os.mkdir(b"folder\n") is None)
