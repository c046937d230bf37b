# Raises its limits, and lowers the one that keeps its memory from the host's crash handler.
# outside: root
import resource
for name in ("AS", "FSIZE", "NOFILE", "CORE", "STACK", "CPU", "NPROC", "MEMLOCK"):
    if name in ("NPROC", "MEMLOCK") and not world["jailed"]:
        continue # Containers may have a bound on them.
    kind = getattr(resource, "RLIMIT_" + name)
    attempt(name, lambda: in_child(lambda: resource.setrlimit(kind, (-1, -1) if name != "NOFILE" else (4096, 4096)) is None))
if world["jailed"]:
    attempt("no core", lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)) is None)
    attempt("old call", lambda: done("setrlimit", 7, struct.pack("QQ", 4096, 4096)))
