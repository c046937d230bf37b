# Leaves files where other programs of the machine look.
# outside: anyone
for place in ("/dev/shm", "/var/tmp", "/run/lock", "/tmp"):
    if place == "/tmp" and world["jailed"]:
        continue # Its own; see outputs/ and poison/.
    attempt(place, lambda: write(f"{place}/{world['marker']}"))
