"""A family of processes and threads with a pipe and shared memory, told line by line.

    parent ── reads the pipe with a thread
      ├─ ada    (multiprocessing) computes, and sends what she found through the pipe
      ├─ ben    (multiprocessing) writes his name into shared memory
      └─ cleo   (os.fork)         has two threads, and ends with a status of her own
"""
import mmap
import multiprocessing
import os
import sys
import threading

PRIMES_BELOW = 2000
NAME = slice(0, 32)


def say(who, text):
    """One write, so that lines of several processes never mix."""
    os.write(sys.stdout.fileno(), f"{who:<7}{os.getpid()}: {text}\n".encode())


def count_primes(limit):
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))


def ada(to_parent, visits):
    found = count_primes(PRIMES_BELOW)
    with visits.get_lock():
        visits.value += 1
    say("ada", f"I send {found} primes through the pipe; my parent is {os.getppid()}")
    os.write(to_parent, f"{found} primes".encode())


def ben(board, visits):
    board[NAME] = b"Ben was here".ljust(32)
    with visits.get_lock():
        visits.value += 1
    say("ben", f"I wrote my name into shared memory; my parent is {os.getppid()}")


def cleo(visits):
    """Her threads share her list; the parent sees nothing of it, only her exit status."""
    sums = []

    def add_up(first):
        sums.append(sum(range(first, 10000, 2)))
        say("cleo", f"thread {threading.get_native_id()} has added up its half")

    threads = [threading.Thread(target=add_up, args=(first,)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with visits.get_lock():
        visits.value += 1
    say("cleo", f"together that is {sum(sums)}")
    return len(sums)


def read_pipe(from_ada):
    text = os.read(from_ada, 100).decode()
    say("parent", f"thread {threading.get_native_id()} read from the pipe: {text}")


def fork_cleo(visits):
    pid = os.fork()
    if pid == 0:
        os._exit(cleo(visits))
    return pid


def main():
    context = multiprocessing.get_context("fork")
    visits = context.Value("i", 0)
    board = mmap.mmap(-1, mmap.PAGESIZE)
    from_ada, to_parent = os.pipe()

    say("parent", "I have a pipe and shared memory, and start three children")
    children = [
        context.Process(target=ada, args=(to_parent, visits)),
        context.Process(target=ben, args=(board, visits)),
    ]
    for child in children:
        child.start()
    third = fork_cleo(visits)

    reader = threading.Thread(target=read_pipe, args=(from_ada,))
    reader.start()
    reader.join()
    for child in children:
        child.join()
        say("parent", f"child {child.pid} ended with status {child.exitcode}")
    _, status = os.waitpid(third, 0)
    say("parent", f"child {third} ended with status {os.waitstatus_to_exitcode(status)}")
    say("parent", f"shared memory holds '{board[NAME].decode().rstrip()}' and {visits.value} visits")


if __name__ == "__main__":
    main()
