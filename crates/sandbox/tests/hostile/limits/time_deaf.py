# Sleeps beyond its time, deaf to every signal, in sessions of its own, and stopped.
# outside: no; as above.
# limits: wall=400
# ends: timeout
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        time.sleep(1000)
if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(1000)
