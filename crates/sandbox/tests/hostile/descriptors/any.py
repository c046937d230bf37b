# Looks for any descriptor besides the three.
# outside: anyone
def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
found = [number for number in range(3, 4096) if is_open(number)]
found = [number for number in found if not os.readlink(f"/proc/self/fd/{number}").endswith("any.py")]
succeeded("descriptors", found) if found else failed("descriptors", "none")
