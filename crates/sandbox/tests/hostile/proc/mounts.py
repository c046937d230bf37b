# Learns what the host has mounted.
# outside: anyone
def foreign():
    places = [line.split()[4] for line in open("/proc/self/mountinfo")]
    return [place for place in places if place.startswith(("/sys", "/run", "/boot", "/home", "/dev/pts", "/dev/shm"))] or False
attempt("mounts", foreign)
attempt("the secret's folder", lambda: world["outside"] in open("/proc/self/mountinfo").read() or
        not world["jailed"])
