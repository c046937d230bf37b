# Speaks to the supervisor as its helper would, on every descriptor that it has.
# outside: no; outside there is no supervisor.
report = json.dumps({"Report": {"end": {"Exited": 0}, "cpu_user_ms": 7777, "cpu_system_ms": 7777, "peak_memory": 7777,
                                "bytes_written": 7777}}).encode()
message = struct.pack("<I", len(report)) + report
import stat
sent = []
for number in range(0, 1024):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            sent.append((number, os.write(number, message)))
    except OSError:
        pass
os.write(1, message + b"\n")
os.write(2, message + b"\n")
succeeded("control", sent) if sent else failed("control", "no socket")
