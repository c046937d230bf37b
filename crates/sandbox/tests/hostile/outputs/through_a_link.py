# Writes through a link that lies in the destination already, from an earlier run.
# outside: anyone
# allowed: SUCCEEDED
# ends: refused SS-SANDBOX-014
os.makedirs(world["out"] + "/old-link", exist_ok=True)
attempt("through it", lambda: write(world["out"] + "/old-link/planted"))
