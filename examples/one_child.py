"""A parent starts one child process; each tells its own id, the child also its parent's."""
import os
from multiprocessing import Process


def child():
    print("child: I am process", os.getpid(), flush=True)
    print("child: my parent is process", os.getppid(), flush=True)


if __name__ == "__main__":
    print("parent: I am process", os.getpid(), flush=True)
    Process(target=child).start()
