# Writes more than the limit to a file that it has removed.
# outside: no; it is a bomb.
# limits: disk=4M
# ends: disk
with open(world["tmp"] + "/large", "wb", buffering=0) as file:
    os.unlink(world["tmp"] + "/large")
    try:
        for _ in range(12):
            file.write(bytes(1 << 20))
    except OSError:
        # Full. The file stays as long as it is open.
        time.sleep(1000)
succeeded("disk")
