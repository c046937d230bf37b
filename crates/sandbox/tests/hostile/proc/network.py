# Reads the host's connections and listeners, for which no socket is needed.
# outside: anyone
def listens(name):
    wanted = f":{world['tcp']:04X} ".encode()
    with open(f"/proc/self/net/{name}", "rb") as file:
        return wanted in file.read()
attempt("tcp", lambda: listens("tcp"))
attempt("unix", lambda: world["marker"].encode() in open("/proc/self/net/unix", "rb").read())
