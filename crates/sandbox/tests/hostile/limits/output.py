# Prints more than the limit.
# outside: no; the ablation shows that it works.
# limits: stdout=64K
# ends: output
for _ in range(64):
    os.write(1, b"x" * 65536)
os.write(1, b"\n")
succeeded("output")
