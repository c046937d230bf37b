# Looks whether it is somebody that it should not be.
# outside: root
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
attempt("user", lambda: 0 in (os.getuid(), os.geteuid()))
attempt("group", lambda: 0 in (os.getgid(), os.getegid()) or 0 in os.getgroups())
attempt("effective powers", lambda: int(status["CapEff"], 16) != 0)
attempt("bounding powers", lambda: int(status["CapBnd"], 16) != 0)
attempt("may gain privileges", lambda: int(status["NoNewPrivs"]) == 0)
