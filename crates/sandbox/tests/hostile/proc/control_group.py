# Learns where in the host's tree of services it runs.
# outside: no; the machine may have it in the root of every tree.
def place():
    lines = read("/proc/self/cgroup").decode().splitlines()
    return [line for line in lines if line.rsplit(":", 1)[1] != "/"] or False
attempt("control group", place)
