/* memory-cost: four processes that change a table need four copies of it; four threads need none. */
#include "../lib/example.h"

enum { WORKERS = 4, PAGES = 100, PAGE = 4096 };

static char *table;

/* Writes one byte to every page. */
static void change(int value)
{
    for (int i = 0; i < PAGES; i++)
        table[i * PAGE] = value;
}

static int be_thread(void *arg)
{
    change((long)arg);
    until_ms(10);
    return 0;
}

int main(int argc, char **argv)
{
    struct thread threads[WORKERS];
    until_ms(0);
    table = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    change(0);
    printf("a table of %d pages at %p\n", PAGES, (void *)table);
    for (long i = 0; i < WORKERS; i++)
        thread_start(&threads[i], be_thread, (void *)i);
    printf("until 10 ms: one process with %d more threads\n", WORKERS);
    for (int i = 0; i < WORKERS; i++)
        thread_join(&threads[i]);
    for (int i = 0; i < WORKERS; i++)
        if (fork() == 0) {
            until_ms(20);
            change(i);
            until_ms(30);
            exit(0);
        }
    printf("until 20 ms: %d more processes, which have written nothing yet; then they write\n", WORKERS);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    return 0;
}
