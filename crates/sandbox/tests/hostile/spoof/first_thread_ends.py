# Ends its first thread with one code, and the last with another.
# outside: no; it is its own code.
# ends: exited 6
def later():
    time.sleep(0.2)
    os._exit(6)
threading.Thread(target=later).start()
call("exit", 0)
