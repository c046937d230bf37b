# Reads what was meant for whoever started it, and writes to it.
# outside: anyone
attempt("what it is", lambda: os.readlink("/proc/self/fd/0") != "/dev/null")
attempt("read", lambda: os.read(0, 100) != b"")
