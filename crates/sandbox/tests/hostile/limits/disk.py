# Writes more than the limit.
# outside: no; it is a bomb.
# limits: disk=4M
# ends: disk
with open(world["out"] + "/large", "wb", buffering=0) as file:
    for _ in range(12):
        file.write(bytes(1 << 20))
succeeded("disk")
