# Leaves a process behind, in a session of its own.
# outside: no; a test should leave none.
told, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (0, 1, 2):
            os.close(number)
        os.write(tell, b"x")
        time.sleep(world["linger"])
    os._exit(0)
os.wait()
os.read(told, 1)
say("left a process")
