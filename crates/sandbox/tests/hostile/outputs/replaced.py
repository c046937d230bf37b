# Puts something else in the place of its output folder.
# outside: anyone
out = world["out"]
write(world["tmp"] + "/x")
attempt("rename", lambda: os.rename(out, out + "-away") is None)
attempt("link", lambda: os.symlink(world["outside"], out) is None)
if world["jailed"]:
    attempt("remove", lambda: os.rmdir(out) is None)
    attempt("exchange", lambda: done("renameat2", -100, out.encode(), -100, b"/tmp", 2))
else:
    os.unlink(out)
    os.rename(out + "-away", out)
