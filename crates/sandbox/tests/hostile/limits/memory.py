# Takes more memory than the limit.
# outside: no; it is a bomb. The ablation shows that it works.
# limits: memory=96M
# ends: memory
hoard = []
while len(hoard) < world["memory"] * 3 >> 20:
    hoard.append(bytearray(os.urandom(1 << 20)))
succeeded("memory", len(hoard))
