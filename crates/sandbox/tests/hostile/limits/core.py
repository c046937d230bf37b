# Crashes, and looks for what it left.
# outside: no; a machine need not keep cores.
def crash():
    os.chdir(world["out"])
    pid = os.fork()
    if pid == 0:
        os.abort()
    _, status = os.waitpid(pid, 0)
    return os.WCOREDUMP(status) or bool(os.listdir(world["out"]))
attempt("core", crash)
