# Ends as if something else had ended it.
# outside: no; it is its own exit code.
# ends: exited 137
say("137 is what a shell says of a killed process")
os._exit(137)
