# Computes in grandchildren that nobody here waits for.
# outside: no; as above.
# limits: cpu=500 wall=20000
# ends: cpu
spent = 0
while spent * 1000 < world["cpu"] * 4:
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        if os.fork() == 0:
            while time.process_time() < 0.1:
                pass
            os.write(tell, b"x")
        os._exit(0)
    os.waitpid(pid, 0)
    os.read(told, 1)
    os.close(told)
    os.close(tell)
    spent += 0.1
succeeded("processor time")
