# Leaves a queue, a segment and a lock behind for a later job to find.
# outside: no; programs for each are in kernel/ and files/.
# runs: 2
key = int(world["marker"][-6:], 36) & 0x7fffffff
flags = 0 if world["run"] == 2 else 0o1600
attempt("segment", lambda: call("shmget", key, 4096, flags) >= 0)
attempt("queue", lambda: call("msgget", key, flags) >= 0)
def place():
    held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    held.bind("\0" + world["marker"])
    return True
attempt("abstract name", place)
