# Pushes memory of another process out, and takes apart one that is dying.
# outside: no; needs a kernel with all of it, and swap.
# ends: seccomp
attempt("advise", lambda: call("process_madvise", 3, 0, 0, 21, 0) >= 0)
attempt("release", lambda: done("process_mrelease", 3, 0))
attempt("migrate", lambda: done("migrate_pages", world["victim"], 0, 0, 0))
