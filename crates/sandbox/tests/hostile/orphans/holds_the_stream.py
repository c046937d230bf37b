# Leaves a process that holds the streams, so that whoever reads to their end waits.
# outside: no; as above.
if os.fork() == 0:
    time.sleep(world["linger"])
    os._exit(0)
say("left a process")
