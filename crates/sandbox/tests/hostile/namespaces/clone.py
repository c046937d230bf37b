# Makes namespaces with a child, by the old call and the new.
# outside: root
# ends: seccomp
def child(name, *arguments):
    pid = call(name, *arguments)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True
for name, flag in (("user", 0x10000000), ("net", 0x40000000), ("mount", 0x20000)):
    attempt(f"clone {name}", lambda: child("clone", flag | signal.SIGCHLD, 0, 0, 0, 0))
attempt("clone3", lambda: child("clone3", struct.pack("8Q", 0x10000000, 0, 0, 0, signal.SIGCHLD, 0, 0, 0), 64))
