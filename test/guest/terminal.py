"""Plays keys to a program on a pseudo-terminal: reads {command, cwd, steps} as JSON, writes {shown, missing, status}."""

import json
import os
import pty
import select
import sys
import time

job = json.load(sys.stdin)
pid, fd = pty.fork()
if pid == 0:
    os.chdir(job["cwd"])
    os.execve(job["command"][0], job["command"], {"PATH": "/nonexistent"})

shown, start, missing = "", 0, None


def read_until(done, seconds=10.0):
    """Reads on until done() holds, the other side is closed or time is over."""
    global shown
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        if select.select([fd], [], [], 0.05)[0]:
            try:
                data = os.read(fd, 4096)
            except OSError:
                return
            shown = (shown + data.decode(errors="replace")).replace("\r\n", "\n")


read_until(lambda: "# " in shown or "$ " in shown)
for step in job["steps"]:
    time.sleep(0.1)
    start = len(shown)
    os.write(fd, step["send"].encode())
    read_until(lambda: step["expect"] in shown[start:])
    if step["expect"] not in shown[start:]:
        missing = step
        break
if missing:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
json.dump({"shown": shown, "missing": missing, "status": os.waitstatus_to_exitcode(status)}, sys.stdout)
