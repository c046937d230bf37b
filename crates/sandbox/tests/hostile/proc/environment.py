# Looks for a secret in its environment.
# outside: anyone
name = world["variable"]
attempt("environ", lambda: os.environ[name])
attempt("proc", lambda: name.encode() in read("/proc/self/environ"))
