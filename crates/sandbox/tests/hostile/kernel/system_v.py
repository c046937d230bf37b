# Talks to other programs by segments, semaphores and queues.
# outside: anyone
CALLS["shmctl"] = (31, 195)
attempt("segment", lambda: done("shmctl", call("shmget", 0, 4096, 0o1600), 0, 0))
if world["jailed"]:
    attempt("semaphores", lambda: call("semget", 0, 1, 0o1600) >= 0)
    attempt("queue", lambda: call("msgget", 0, 0o1600) >= 0)
    attempt("named queue", lambda: opens("mq_open", b"hostile", 0o102, 0o600, 0))
