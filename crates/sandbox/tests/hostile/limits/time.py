# Sleeps beyond its time.
# outside: no; the ablation shows that it works.
# limits: wall=400
# ends: timeout
time.sleep(world["wall"] / 1000 * 3)
succeeded("time")
