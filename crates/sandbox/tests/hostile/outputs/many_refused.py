# Leaves so many wrong things that telling of them is a flood.
# outside: no; it is a burden to remove.
os.chdir(world["out"])
for number in range(5000):
    os.symlink("/etc/passwd", f"{number}\x1b[2J\n" + "n" * 200)
say("left links")
