# Prints a great many empty lines.
# outside: no; as above.
# limits: stdout=64K
# ends: output
for _ in range(2000):
    os.write(1, b"\n" * 1000)
time.sleep(1000)
