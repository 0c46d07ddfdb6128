"""A program that runs is a process, and the operating system has given it a number."""
import os

print("hello from a process")
print("my process id is", os.getpid())
