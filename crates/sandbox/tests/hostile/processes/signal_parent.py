# Kills, stops and crashes the process that watches over it.
# outside: no; the test that started it would end.
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGSEGV, signal.SIGHUP, signal.SIGALRM, 33, 34, 64):
    try:
        os.kill(os.getppid(), number)
    except OSError:
        pass
time.sleep(0.1)
# It reports; had it died there would be no END and no report.
failed("kill the parent", "it lives" if os.getppid() == 1 else "it was none")
