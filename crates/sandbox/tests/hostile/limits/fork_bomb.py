# The classic, every process of which forks on.
# outside: no; it is a bomb.
# limits: pids=12
# ends: pids
deadline = time.monotonic() + 20
while time.monotonic() < deadline:
    try:
        os.fork()
    except OSError:
        pass
succeeded("bomb")
