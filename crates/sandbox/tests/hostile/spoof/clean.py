# Is killed while a child of its reports that all went well.
# outside: no; it is its own signal.
# ends: signalled 9
if os.fork() == 0:
    say('{"outcome":"exited","code":0,"violations":[]}')
    os._exit(0)
os.wait()
os.kill(os.getpid(), signal.SIGKILL)
