# Computes in many threads.
# outside: no; as above.
# limits: cpu=300
# ends: cpu
import hashlib
def burn():
    while time.process_time() * 1000 < world["cpu"] * 3:
        hashlib.sha256(b"x" * (1 << 20)).digest()
threads = [threading.Thread(target=burn) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
succeeded("processor time")
