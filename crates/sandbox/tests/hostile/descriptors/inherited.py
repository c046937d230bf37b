# Reads from every descriptor that it was not meant to have.
# outside: anyone
found = []
for number in range(3, 1024):
    try:
        if world["secret"] == os.readlink(f"/proc/self/fd/{number}"):
            found.append(os.pread(number, 100, 0))
    except OSError:
        pass
succeeded("inherited", found) if found else failed("inherited", "none")
