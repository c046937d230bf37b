# Takes control of the process that watches over it.
# outside: no; that would be the test.
# ends: seccomp
attempt("attach", lambda: done("ptrace", 16, os.getppid(), 0, 0))
attempt("seize", lambda: done("ptrace", 0x4206, os.getppid(), 0, 0))
