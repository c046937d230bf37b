# Makes more processes than the limit.
# outside: no; it is a bomb.
# limits: pids=12
# ends: pids
made = 0
while made < 40:
    try:
        if os.fork() == 0:
            time.sleep(1000)
        made += 1
    except OSError:
        time.sleep(0.01)
succeeded("processes", made)
