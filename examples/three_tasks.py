"""Three child processes, each with a function of its own, work side by side."""
from multiprocessing import Process


def count():
    print("counter:", sum(range(1000)), flush=True)


def spell():
    print("speller:", "-".join("process"), flush=True)


def greet():
    print("greeter: good day", flush=True)


if __name__ == "__main__":
    Process(target=count).start()
    Process(target=spell).start()
    Process(target=greet).start()
