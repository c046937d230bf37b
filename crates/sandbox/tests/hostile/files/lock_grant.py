# Locks a granted file and a program of the system against everybody else.
# outside: anyone
import fcntl
attempt("granted file", lambda: fcntl.flock(open(world["data"] + "/input.csv"), fcntl.LOCK_EX | fcntl.LOCK_NB) is None)
attempt("interpreter", lambda: fcntl.flock(open(sys.executable), fcntl.LOCK_EX | fcntl.LOCK_NB) is None)
