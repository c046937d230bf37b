# Leaves files with holes, which cost nothing here and much where they are copied to.
# outside: no; it is a bomb.
# limits: disk=4M
# ends: disk
for number in range(8):
    os.truncate(os.open(f"{world['out']}/{number}", os.O_CREAT | os.O_RDWR), 3 << 20)
say("left holes")
