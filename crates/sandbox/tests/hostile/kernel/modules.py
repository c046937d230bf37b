# Loads code into the kernel, another kernel, and turns the machine off.
# outside: no; it would.
# ends: seccomp
attempt("module", lambda: done("init_module", b"x", 1, b""))
attempt("module of a file", lambda: done("finit_module", 0, b"", 0))
attempt("remove", lambda: done("delete_module", b"no-such-module", 0))
attempt("kernel", lambda: done("kexec_load", 0, 0, 0, 0))
attempt("reboot", lambda: done("reboot", 0xfee1dead - (1 << 32), 672274793, 0, 0))
attempt("swap", lambda: done("swapon", b"/tmp/x", 0))
attempt("accounting", lambda: done("acct", 0))
attempt("log", lambda: call("syslog", 3, ctypes.create_string_buffer(4096), 4096) >= 0)
