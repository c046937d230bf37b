# Looks into its output folder for what an earlier job delivered there.
# outside: anyone
# runs: 2
if world["run"] == 2:
    attempt("find", lambda: read(world["out"] + "/first"))
else:
    write(world["out"] + "/first")
