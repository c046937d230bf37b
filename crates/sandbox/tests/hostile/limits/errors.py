# Prints more than the limit on the other stream.
# outside: no; as above.
# limits: stdout=64K
# ends: output
for _ in range(64):
    os.write(2, b"x" * 65536)
time.sleep(1000)
