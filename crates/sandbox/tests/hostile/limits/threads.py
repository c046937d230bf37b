# Makes more threads than the limit.
# outside: no; it is a bomb.
# limits: pids=12
# ends: pids
made = 0
while made < 40:
    try:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        made += 1
    except RuntimeError:
        time.sleep(0.01)
succeeded("threads", made)
