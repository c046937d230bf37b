# Ends its first thread, so that /proc tells of no memory, and takes memory in another.
# outside: no; it is a bomb.
# limits: memory=96M
# ends: memory
def hoard():
    held = [bytearray(os.urandom(1 << 20)) for _ in range(world["memory"] * 3 >> 20)]
    succeeded("memory behind a dead thread", len(held))
    os._exit(0)
threading.Thread(target=hoard).start()
call("exit", 0)
