# Takes control of another process of the same user.
# outside: anyone
# ends: seccomp
def seize():
    call("ptrace", 16, world["victim"], 0, 0)
    os.waitpid(world["victim"], 0)
    return done("ptrace", 17, world["victim"], 0, 0)
attempt("attach", seize)
