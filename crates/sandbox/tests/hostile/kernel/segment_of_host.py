# Reads shared memory of the host's programs.
# outside: anyone
attempt("host's segment", lambda: call("shmat", world["segment"], 0, 0o10000) > 0)
