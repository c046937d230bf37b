# Takes more memory than the limit in processes each of which stays below.
# outside: no; it is a bomb.
# limits: memory=96M
# ends: memory
ready, done_here = os.pipe()
for _ in range(6):
    if os.fork() == 0:
        hoard = [bytearray(os.urandom(1 << 20)) for _ in range(world["memory"] * 6 // 10 >> 20)]
        os.write(done_here, b"x")
        time.sleep(1000)
got = b""
while len(got) < 6:
    got += os.read(ready, 6)
succeeded("memory of many")
