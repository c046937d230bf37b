# Leaves something in every place that it may write to, and looks for what an earlier job has left.
# outside: anyone
# runs: 2
for place in (world["tmp"], "/dev/shm", "/var/tmp", "/"):
    path = f"{place}/{world['marker']}"
    if world["run"] == 2:
        attempt(f"find in {place}", lambda: read(path)) if place == world["tmp"] or world["jailed"] else None
    elif place == world["tmp"] or world["jailed"]:
        try:
            write(path)
        except OSError as error:
            failed(f"leave in {place}", error)
