# Closes everything and goes on, so that whoever waits for its streams thinks that it is gone.
# outside: no; the ablation of the clock shows that it works.
# limits: wall=400
# ends: timeout
for number in range(0, 64):
    try:
        os.close(number)
    except OSError:
        pass
time.sleep(1000)
