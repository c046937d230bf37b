# Leaves processes behind that take no notice of signals, one of them stopped.
# outside: no; as above.
told, tell = os.pipe()
for number in (1, 2, 3, 15):
    signal.signal(number, signal.SIG_IGN)
for stops in (False, True):
    if os.fork() == 0:
        os.setsid()
        os.write(tell, b"x")
        if stops:
            os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(world["linger"])
os.read(told, 1)
os.read(told, 1)
say("left processes")
