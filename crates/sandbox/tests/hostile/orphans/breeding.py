# Leaves processes that make others faster than they can be ended.
# outside: no; as above.
# limits: pids=40
# ends: exited 0|pids
told, tell = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        for number in (1, 2):
            os.close(number)
        os.write(tell, b"x")
        while True:
            try:
                if os.fork():
                    os._exit(0)
            except OSError:
                pass
for _ in range(4):
    os.read(told, 1)
say("left processes")
