# Computes for longer than the limit.
# outside: no; the ablation shows that it works.
# limits: cpu=300
# ends: cpu
while time.process_time() * 1000 < world["cpu"] * 3:
    pass
succeeded("processor time")
