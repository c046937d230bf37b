# Takes a lease on a granted file, so that whoever wants to write to it must wait.
# outside: anyone
import fcntl
attempt("lease", lambda: fcntl.fcntl(os.open(world["data"] + "/input.csv", os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK) == 0)
