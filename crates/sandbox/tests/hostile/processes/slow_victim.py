# Changes how other processes run: their limits, priority and processors.
# outside: anyone
attempt("limits", lambda: done("prlimit64", world["victim"], 7, struct.pack("QQ", 3, 3), 0))
attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, world["victim"], 19) is None)
attempt("processors", lambda: os.sched_setaffinity(world["victim"], {0}) is None)
if world["jailed"]:
    attempt("limits of the parent", lambda: done("prlimit64", os.getppid(), 7, struct.pack("QQ", 3, 3), 0))
    attempt("processors of the parent", lambda: os.sched_setaffinity(1, {0}) is None)
    attempt("priority of the parent", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19) is None)
