# Looks for a secret in the environment of every process there is.
# outside: anyone
def look():
    found = [pid for pid in os.listdir("/proc") if pid.isdigit() and pid != str(os.getpid())
             and readable(f"/proc/{pid}/environ")]
    return bool(found)
def readable(path):
    try:
        return len(read(path)) > 0
    except OSError:
        return False
attempt("any", look)
attempt("parent", lambda: read(f"/proc/{os.getppid()}/environ"))
