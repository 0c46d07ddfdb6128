"""Three threads run the same function: three thread ids, one process id."""
import os
import threading


def work():
    print(f"thread {threading.get_native_id()} of process {os.getpid()}\n", end="", flush=True)


if __name__ == "__main__":
    print("main thread", threading.get_native_id(), "of process", os.getpid(), flush=True)
    for _ in range(3):
        threading.Thread(target=work).start()
