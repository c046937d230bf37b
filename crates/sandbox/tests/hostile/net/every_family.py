# Makes a socket of every family and kind there is.
# outside: anyone
made = []
for family in range(64):
    for kind in (1, 2, 3, 5):
        try:
            made.append((family, kind, call("socket", family, kind, 0)))
        except OSError:
            pass
succeeded("sockets", made) if made else failed("sockets", "none of any family")
