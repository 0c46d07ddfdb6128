"""Three threads, each with a function of its own, in one process."""
import os
import threading


def say(text):
    print(text + "\n", end="", flush=True)


def cook():
    say("the cook is cooking")


def bake():
    say("the baker is baking")


def wash():
    say("the washer is washing")


if __name__ == "__main__":
    say(f"one kitchen, process {os.getpid()}")
    for work in (cook, bake, wash):
        threading.Thread(target=work).start()
