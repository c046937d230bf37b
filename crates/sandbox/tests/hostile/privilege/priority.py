# Gets ahead of others: priority, real time, input and output, locked memory.
# outside: root
attempt("nice", lambda: in_child(lambda: os.setpriority(os.PRIO_PROCESS, 0, -10) is None))
attempt("locked memory", lambda: in_child(lambda: done("mlockall", 3)))
attempt("disk", lambda: in_child(lambda: done("ioprio_set", 1, 0, 1 << 13)))
if world["jailed"]:
    attempt("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10)) is None)
    attempt("batch", lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)) is None)
