"""Three child processes run the same function: three ids, one parent."""
import os
from multiprocessing import Process


def child():
    print("child", os.getpid(), "of parent", os.getppid(), flush=True)


if __name__ == "__main__":
    print("parent", os.getpid(), flush=True)
    for _ in range(3):
        Process(target=child).start()
