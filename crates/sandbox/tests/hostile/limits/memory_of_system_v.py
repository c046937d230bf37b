# Hides memory in segments that outlive every process.
# outside: anyone
def segment():
    number = call("shmget", 0, 1 << 20, 0o1600)
    return done("shmctl", number, 0, 0) if number >= 0 else False
CALLS["shmctl"] = (31, 195)
attempt("segment", segment)
