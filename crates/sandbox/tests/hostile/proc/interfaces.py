# Reads addresses and routes.
# outside: anyone
def names():
    with open("/proc/self/net/dev") as file:
        lines = file.read().splitlines()[2:]
    # A loopback that has seen traffic is the host's.
    return [line for line in lines if line.split()[1] != "0"] or False
attempt("traffic", names)
attempt("addresses", lambda: b"127.0.0.1" in open("/proc/self/net/fib_trie", "rb").read())
