# Sets up segments and ports of the processor.
# outside: root
# ends: seccomp
attempt("table", lambda: call("modify_ldt", 0, ctypes.create_string_buffer(64), 64) >= 0)
if world["jailed"]:
    attempt("ports", lambda: done("ioperm", 0x80, 1, 1))
    attempt("all ports", lambda: done("iopl", 3))
