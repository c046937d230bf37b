# Asks whether two processes share resources.
# outside: anyone
# ends: seccomp
attempt("compare", lambda: call("kcmp", os.getpid(), os.getpid(), 1, 0, 0) >= 0)
