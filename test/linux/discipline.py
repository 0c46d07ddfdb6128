"""Plays scripts to a pseudo-terminal of this Linux: reads a list of scripts as JSON, writes what each step gave.

What is typed or written comes to the other side in its own time, so there is a pause, longer by the argument.
"""

import array
import errno
import fcntl
import json
import os
import pty
import select
import sys
import termios
import time

READ_SIZE = 8192
PATIENCE = float(sys.argv[1])


def reading(fd, size):
    try:
        return list(os.read(fd, size))
    except OSError as error:
        return errno.errorcode[error.errno]


def writing(fd, data):
    try:
        return os.write(fd, bytes(data))
    except OSError as error:
        return errno.errorcode[error.errno]


def count(fd):
    number = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, number)
    return number[0]


def polled(fd):
    poll = select.poll()
    poll.register(fd, 0x14F)
    return (poll.poll(0) or [(fd, 0)])[0][1]


def play(script):
    master, slave = pty.openpty()
    for fd in (master, slave):
        os.set_blocking(fd, False)
    answers = []
    for step in script:
        what, value = step["do"], step.get("value")
        if what == "set":
            old = bytearray(36)
            fcntl.ioctl(slave, termios.TCGETS, old)
            flags = array.array("I", value["flags"]).tobytes()
            new = flags[:8] + old[8:12] + flags[8:12] + old[16:17] + bytes(value["cc"])
            fcntl.ioctl(slave, termios.TCSETS, new)
            answers.append(0)
        elif what == "type":
            answers.append(writing(master, value))
            time.sleep(0.003 * PATIENCE)
        elif what == "write":
            answers.append(writing(slave, value))
            time.sleep(0.003 * PATIENCE)
        elif what == "read":
            answers.append(reading(slave, value))
            time.sleep(0.001 * PATIENCE)
        elif what == "see":
            answers.append(reading(master, READ_SIZE))
        elif what == "count":
            answers.append(count(slave))
        else:
            answers.append(polled(slave) & 0x1F)
    os.close(slave)
    os.close(master)
    return answers


json.dump([play(script) for script in json.load(sys.stdin)], sys.stdout)
