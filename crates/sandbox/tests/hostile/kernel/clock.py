# Sets the machine's clock.
# outside: no; it would.
# ends: seccomp
attempt("set", lambda: done("clock_settime", 0, struct.pack("QQ", 0, 0)))
attempt("set day", lambda: done("settimeofday", struct.pack("QQ", 0, 0), 0))
attempt("adjust", lambda: call("adjtimex", struct.pack("I", 1) + bytes(300)) >= 0)
