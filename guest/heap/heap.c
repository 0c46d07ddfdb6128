/*
 * Programs that use malloc, for `timeslice heap`: each is a case of its own, by name. The same source runs natively
 * under valgrind, which says how often was asked for memory, how much, and what was never freed.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct node {
    struct node *next;
    char bytes[40];
};

/* What the cases leave reachable. */
void *kept[8];
struct node *list;
char *inside;

/* Overwrites what calls have left on the stack below. */
static void wipe(void)
{
    volatile char stack[8192];
    for (unsigned i = 0; i < sizeof stack; i++)
        stack[i] = 0;
}

static void *ask(size_t size)
{
    char *p = malloc(size);
    if (p != NULL)
        memset(p, 0, size);
    return p;
}

static void lose(size_t size)
{
    void *volatile p = ask(size);
    p = NULL;
    (void)p;
}

static int simple(void)
{
    kept[0] = ask(100);
    lose(10);
    lose(20);
    for (int i = 0; i < 3; i++)
        lose(7);
    free(ask(1000));
    free(NULL);
    kept[1] = malloc(0);
    kept[2] = malloc(300000);
    printf("asked and lost\n");
    return 0;
}

static int grow(void)
{
    char *p = NULL;
    for (size_t n = 1; n <= 100000; n = n * 3 + 1)
        p = realloc(p, n);
    p = realloc(p, 50);
    kept[0] = realloc(calloc(10, 12), 1 << 20);
    kept[1] = calloc(3, 5);
    free(realloc(malloc(40), 0));
    free(p);
    kept[2] = reallocarray(NULL, 6, 7);
    return 0;
}

static int aligned(void)
{
    void *p = NULL;
    if (posix_memalign(&p, 64, 100) != 0)
        return 1;
    kept[0] = p;
    kept[1] = aligned_alloc(256, 512);
    kept[2] = memalign(32, 33);
    kept[3] = valloc(10);
    if (posix_memalign(&p, 16, 24) != 0)
        return 1;
    free(p);
    return posix_memalign(&p, 3, 100) == EINVAL ? 0 : 1;
}

static struct node *push(struct node *next)
{
    struct node *made = malloc(sizeof *made);
    memset(made, 0, sizeof *made);
    made->next = next;
    return made;
}

static void lose_list(void)
{
    struct node *volatile lost = push(push(push(NULL)));
    lost = NULL;
    (void)lost;
}

static void lose_circle(void)
{
    struct node *first = push(NULL), *volatile lost = push(first);
    first->next = lost;
    lost = NULL;
    (void)lost;
    first = NULL;
}

static int lists(void)
{
    list = push(push(push(push(NULL))));
    lose_list();
    lose_circle();
    inside = (char *)ask(64) + 16;
    wipe();
    return 0;
}

static int strings(void)
{
    char *line = NULL;
    size_t room = 0;
    FILE *f = fopen("/proc/self/comm", "r");
    if (f == NULL || getline(&line, &room, f) < 0)
        return 1;
    fclose(f);
    printf("%s", line);
    free(line);
    kept[1] = strdup("a duplicate");
    kept[2] = strndup("a shorter one", 8);
    return 0;
}

static void *work(void *number)
{
    int n = (int)(intptr_t)number;
    for (int i = 0; i < 50; i++)
        free(ask(16 + (size_t)(i * n % 200)));
    kept[n] = ask(1000 + (size_t)n);
    return NULL;
}

static int threads(void)
{
    pthread_t all[4];
    for (int i = 0; i < 4; i++)
        if (pthread_create(&all[i], NULL, work, (void *)(intptr_t)i) != 0)
            return 1;
    for (int i = 0; i < 4; i++)
        pthread_join(all[i], NULL);
    return 0;
}

static int forks(void)
{
    int status = 0;
    kept[0] = ask(111);
    kept[1] = ask(222);
    pid_t child = fork();
    if (child == 0) {
        free(kept[0]);
        kept[2] = ask(333);
        exit(3);
    }
    waitpid(child, &status, 0);
    free(kept[1]);
    return WEXITSTATUS(status) == 3 ? 0 : 1;
}

static int many(void)
{
    static char *blocks[512];
    unsigned seed = 12345;
    for (int i = 0; i < 6000; i++) {
        seed = seed * 1103515245u + 12345u;
        char **at = &blocks[(seed >> 16) % 512];
        unsigned size = (seed >> 8) % 3000;
        if (*at == NULL)
            *at = ask(size);
        else if (size % 3 == 0)
            *at = realloc(*at, size + 1);
        else {
            free(*at);
            *at = NULL;
        }
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int trees(void)
{
    static void *root;
    static char names[100][8];
    for (int i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i * 37 % 100);
        tsearch(names[i], &root, compare);
    }
    for (int i = 0; i < 60; i++)
        tdelete(names[i], &root, compare);
    return 0;
}

static int refused(void)
{
    volatile size_t most = (size_t)1 << 46;
    kept[0] = malloc(most);
    kept[1] = calloc(most, most);
    kept[2] = ask(5);
    kept[3] = realloc(kept[2], 6);
    return kept[0] == NULL && kept[1] == NULL ? 0 : 1;
}

#ifdef __riscv
#include <sys/mman.h>

static void wait_for_ever(void)
{
    pause();
}

/* Calls its argument: addi sp, sp, -16; sd ra, 8(sp); jalr a0; ld ra, 8(sp); addi sp, sp, 16; ret */
static const unsigned calls[] = { 0xff010113, 0x00113423, 0x000500e7, 0x00813083, 0x01010113, 0x00008067 };

/* Waits behind a function that is made while the program runs, and named as perf is told of such. */
static int compiled(void)
{
    char name[64];
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        return 1;
    memcpy(code, calls, sizeof calls);
    __builtin___clear_cache(code, (char *)code + sizeof calls);
    snprintf(name, sizeof name, "/tmp/perf-%d.map", getpid());
    FILE *map = fopen(name, "w");
    if (map == NULL)
        return 1;
    fprintf(map, "%lx %lx calls its argument\n", (unsigned long)code, sizeof calls);
    fclose(map);
    ((void (*)(void (*)(void)))code)(wait_for_ever);
    return 0;
}
#endif

static const struct {
    const char *name;
    int (*run)(void);
} cases[] = {
    { "simple", simple }, { "grow", grow },       { "aligned", aligned }, { "lists", lists }, { "strings", strings },
    { "threads", threads }, { "forks", forks },   { "many", many },       { "trees", trees }, { "refused", refused },
#ifdef __riscv
    { "compiled", compiled },
#endif
};

int main(int argc, char **argv)
{
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        if (argc > 1 && strcmp(argv[1], cases[i].name) == 0)
            return cases[i].run();
    fprintf(stderr, "usage: heap CASE\n");
    return 2;
}
