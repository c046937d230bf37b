# Talks to other programs by segments, semaphores and queues.
# outside: anyone
attempt("host's segment", lambda: call("shmat", world["segment"], 0, 0o10000) > 0)
if world["jailed"]:
    attempt("semaphores", lambda: call("semget", 0, 1, 0o1600) >= 0)
    attempt("queue", lambda: call("msgget", 0, 0o1600) >= 0)
    attempt("named queue", lambda: opens("mq_open", b"hostile", 0o102, 0o600, 0))
