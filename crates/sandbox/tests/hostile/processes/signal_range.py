# Tries every small process number, of which the host's daemons have many.
# outside: no; it would end them.
reached = []
for pid in list(range(1, 3000)) + [world["victim"]]:
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGTERM)
            reached.append(pid)
        except OSError:
            pass
# Its own first process may be one that a signal to it is lost on.
reached = [pid for pid in reached if pid != 1]
succeeded("signals", reached) if reached else failed("signals", "nobody there")
