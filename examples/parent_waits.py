"""As one_child.py, but the parent waits for the child and asks how it ended."""
import os
from multiprocessing import Process


def child():
    print("child", os.getpid(), "was started by", os.getppid(), flush=True)


if __name__ == "__main__":
    print("parent", os.getpid(), "starts a child", flush=True)
    process = Process(target=child)
    process.start()
    process.join()
    print("parent: child", process.pid, "ended with status", process.exitcode, flush=True)
