# Leaves something and fails by running out of time: nothing of it may arrive.
# outside: no; there nobody ends it.
# limits: wall=400
# ends: timeout
write(world["out"] + "/half")
time.sleep(1000)
