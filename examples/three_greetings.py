"""The smallest way to see that one function can run in three processes: three equal lines."""
from multiprocessing import Process


def greet():
    print("greetings from a child process", flush=True)


if __name__ == "__main__":
    children = [Process(target=greet) for _ in range(3)]
    for child in children:
        child.start()
