# As above, taking no notice of the signal for it.
# outside: no; as above.
# limits: cpu=300
# ends: cpu
signal.signal(signal.SIGXCPU, lambda *_: None)
while time.process_time() * 1000 < world["cpu"] * 12:
    pass
succeeded("processor time")
