# Calls itself what the watch looks for.
# outside: no; it is a bomb.
# limits: memory=96M
# ends: memory
libc.prctl(15, b"\nRssAnon: 0 kB\n", 0, 0, 0)
libc.prctl(15, b") 0 0 0 0 0", 0, 0, 0)
hoard = []
while len(hoard) < world["memory"] * 3 >> 20:
    hoard.append(bytearray(os.urandom(1 << 20)))
succeeded("memory", len(hoard))
