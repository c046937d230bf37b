# Traces its own child: a way past many filters, and a large part of the kernel.
# outside: anyone
# ends: seccomp
attempt("trace me", lambda: in_child(lambda: done("ptrace", 0, 0, 0, 0)))
