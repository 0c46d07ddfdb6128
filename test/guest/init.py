"""Plays keys to an init that is the first process of a container whose console is a pseudo-terminal.

Reads {root, steps} as JSON, writes {shown, missing, status}. Needs to be root: namespaces, mounts, chroot."""

import json
import os
import pty
import select
import subprocess
import sys
import time

job = json.load(sys.stdin)
root = job["root"]
master, slave = pty.openpty()
script = f"""mount -t proc proc {root}/proc && mount --bind {os.ttyname(slave)} {root}/dev/console &&
mount --bind /dev/null {root}/dev/null && exec chroot {root} /sbin/init"""
child = subprocess.Popen(
    ["unshare", "-m", "-p", "-u", "-f", "--kill-child", "sh", "-c", script],
    stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
)
os.close(slave)
shown, missing = "", None


def read_until(done, seconds=15.0):
    """Reads on until done() holds, the other side is closed or time is over."""
    global shown
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        if select.select([master], [], [], 0.05)[0]:
            try:
                data = os.read(master, 4096)
            except OSError:
                return
            shown = (shown + data.decode(errors="replace")).replace("\r\n", "\n")


read_until(lambda: "# " in shown)
for step in job["steps"]:
    time.sleep(0.1)
    start = len(shown)
    os.write(master, step["send"].encode())
    read_until(lambda: step["expect"] in shown[start:])
    if step["expect"] not in shown[start:]:
        missing = step
        break
if missing:
    child.kill()
read_until(lambda: child.poll() is not None)
json.dump({"shown": shown, "missing": missing, "status": child.wait()}, sys.stdout)
