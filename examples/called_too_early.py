"""A common slip: target=save() calls the function now, here in the parent, and gives its result
(None) to the child, which then has nothing to do. Only target=edit, without brackets, is right."""
import os
from multiprocessing import Process


def edit():
    print("edit runs in process", os.getpid(), flush=True)


def show():
    print("show runs in process", os.getpid(), flush=True)


def save():
    print("save runs in process", os.getpid(), flush=True)


if __name__ == "__main__":
    print("the parent is process", os.getpid(), flush=True)
    Process(target=edit).start()
    Process(target=show()).start()
    Process(target=save()).start()
