# Leaves a tree deeper than whoever walks it can go.
# outside: no; it is a burden to remove.
# ends: disk
os.chdir(world["out"])
for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
say("went deep")
