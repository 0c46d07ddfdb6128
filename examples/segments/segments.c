/* segments: where a function, a constant, a global, a malloc and a local live. */
#include "../lib/example.h"

static const char constant[] = "I never change";
static int global = 42;
static int zeros[1024];

static void show(int number, const char *what, const void *at)
{
    printf("%d. %s at %p\n", number, what, at);
}

int main(int argc, char **argv)
{
    int local = 7;
    char *block = malloc(100);
    zeros[0] = *block = local;
    show(1, "code: the function main", (void *)(long)main);
    show(2, "read-only data: a constant", constant);
    show(3, "data: a global that begins as 42", &global);
    show(4, "bss: a global that begins as 0", zeros);
    show(5, "heap: what malloc gave", block);
    show(6, "stack: a local variable", &local);
    until_ms(10);
    return global - 42;
}
