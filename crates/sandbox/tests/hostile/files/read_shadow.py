# Reads what only root may read.
# outside: root
attempt("shadow", lambda: read("/etc/shadow"))
attempt("home of root", lambda: os.listdir("/root"))
