# Fills memory with long names and links.
# outside: no; it is a bomb.
# limits: disk=4M wall=120000
# ends: disk
for number in range(200_000):
    os.symlink("x" * 4000, f"{world['tmp']}/{number}-{'n' * 200}")
succeeded("links")
