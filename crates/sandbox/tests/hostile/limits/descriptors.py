# Opens more files than a process may.
# outside: no; outside the limit is the user's.
held = []
def hoard():
    for _ in range(5000):
        held.append(os.open("/dev/null", os.O_RDONLY))
    return True
attempt("descriptors", hoard)
del held
