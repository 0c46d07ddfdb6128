"""Recursion, and a loop over a dict and strings."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


words = {}
for turn in range(400000):
    word = "w" + str(turn % 977)
    words[word] = words.get(word, 0) + len(word)
print(fib(27), sum(words.values()), len(",".join(sorted(words))))
