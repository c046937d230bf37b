# Computes in children each of which stays below.
# outside: no; as above.
# limits: cpu=300
# ends: cpu
spent = 0
while spent * 1000 < world["cpu"] * 3:
    pid = os.fork()
    if pid == 0:
        while time.process_time() < 0.05:
            pass
        os._exit(0)
    os.waitpid(pid, 0)
    spent += 0.05
succeeded("processor time")
