# Makes files without end.
# outside: no; it is a bomb.
# limits: wall=120000
# ends: disk
for number in range(200_000):
    os.close(os.open(f"{world['out']}/{number}", os.O_CREAT))
succeeded("files")
