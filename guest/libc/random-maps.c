/*
 * Random mappings: mmap, munmap, mprotect, mremap, madvise, mlock and fork in one stretch of addresses, of anonymous
 * memory and of a file that grows and shrinks. After each call: its answer, what is mapped, and what is in each page.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 24, OUTSIDE = 4, FILE_PAGES = 8 };
#define BASE ((char *)0x10000000)

static uint64_t state;
static sigjmp_buf back;
static int file, maps;

static unsigned below(unsigned n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % n;
}

static void on_fault(int signo, siginfo_t *info, void *context)
{
    siglongjmp(back, signo == SIGBUS ? 'b' : info->si_code == SEGV_MAPERR ? '.' : '-');
}

/* The byte at an address, or why there is none. */
static int look(volatile char *at)
{
    int why = sigsetjmp(back, 1);
    return why ? -why : (unsigned char)*at;
}

static int poke(volatile char *at, int value)
{
    int why = sigsetjmp(back, 1);
    if (why) return -why;
    *at = value;
    return 0;
}

struct part { long from, to, offset; char perms[5]; };

static void show(const struct part *part)
{
    if (part->to == 0) return;
    printf(" %ld+%ld%s", part->from, part->to - part->from, part->perms);
    if (part->offset >= 0) printf("@%ld", part->offset);
}

/*
 * What lies in the stretch, as /proc tells it: from, how long, permissions, offset in the file. Whether neighbours have
 * become one mapping depends on where they were before: what could be one is shown as one.
 */
static void layout(void)
{
    static char text[65536];
    struct part last = {0};
    size_t n = 0;
    ssize_t got;
    lseek(maps, 0, SEEK_SET);
    while ((got = read(maps, text + n, sizeof text - 1 - n)) > 0) n += got;
    text[n] = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        unsigned long start, end, offset;
        struct part part;
        if (sscanf(line, "%lx-%lx %4s %lx", &start, &end, part.perms, &offset) != 4) continue;
        part.from = ((long)start - (long)BASE) / PAGE, part.to = ((long)end - (long)BASE) / PAGE;
        if (part.to <= 0 || part.from >= PAGES + OUTSIDE) continue;
        part.offset = strstr(line, "memfd") ? offset / PAGE : -1;
        long next = last.offset < 0 ? -1 : last.offset + last.to - last.from;
        if (last.to == part.from && next == part.offset && !strcmp(last.perms, part.perms)) last.to = part.to;
        else show(&last), last = part;
    }
    show(&last);
    printf("\n");
}

static void contents(void)
{
    printf("  ");
    for (int i = 0; i < PAGES + OUTSIDE; i++) {
        int value = look(BASE + i * PAGE + 5);
        if (value < 0) printf(" %c", -value);
        else printf(" %d", value);
    }
    printf("\n");
}

static const int PROTS[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE};
static const int ADVICE[] = {MADV_DONTNEED, MADV_DONTNEED, MADV_WILLNEED, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK,
    MADV_KEEPONFORK, MADV_REMOVE, 22, 23};

static long reached(void *at) { return at == MAP_FAILED ? -errno : ((char *)at - BASE) / PAGE; }
static long failed(long result) { return result < 0 ? -errno : result; }

static void step(int number)
{
    int from = below(PAGES), length = 1 + below(6), prot = PROTS[below(5)];
    if (from + length > PAGES) length = PAGES - from;
    char *at = BASE + from * PAGE;
    size_t size = length * PAGE;
    printf("%d: ", number);
    switch (below(13)) {
    case 0:
    case 1: {
        int flags = MAP_FIXED | MAP_ANONYMOUS | (below(3) ? MAP_PRIVATE : MAP_SHARED);
        printf("mmap %d+%d prot %d flags %x = %ld", from, length, prot, flags & 15, reached(mmap(at, size, prot, flags, -1, 0)));
        break;
    }
    case 2:
    case 3: {
        int flags = MAP_FIXED | (below(2) ? MAP_PRIVATE : MAP_SHARED), offset = below(FILE_PAGES);
        printf("mmap file %d+%d prot %d flags %x at %d = %ld", from, length, prot, flags & 15, offset, reached(mmap(at, size, prot, flags, file, offset * PAGE)));
        break;
    }
    case 4: printf("munmap %d+%d = %ld", from, length, failed(munmap(at, size))); break;
    case 5: printf("mprotect %d+%d %d = %ld", from, length, prot, failed(mprotect(at, size, prot))); break;
    case 6: {
        int to = below(PAGES), grown = 1 + below(5), flags = below(3);
        if (to + grown > PAGES) grown = PAGES - to;
        if (flags == 0) printf("mremap %d+%d to %d in place = %ld", from, length, grown, reached(mremap(at, size, grown * PAGE, 0)));
        /* Newer kernels move several mappings at once, if none changes in size. */
        else if (grown == length && length > 1) printf("none");
        else printf("mremap %d+%d to %d+%d = %ld", from, length, to, grown, reached(mremap(at, size, grown * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + to * PAGE)));
        break;
    }
    case 7: {
        int advice = ADVICE[below(sizeof ADVICE / sizeof *ADVICE)];
        printf("madvise %d+%d %d = %ld", from, length, advice, failed(madvise(at, size, advice)));
        break;
    }
    case 8: printf("mlock %d+%d = %ld", from, length, failed(below(2) ? mlock(at, size) : munlock(at, size))); break;
    case 9: {
        int pages = below(FILE_PAGES + 1);
        printf("ftruncate %d = %ld", pages, failed(ftruncate(file, pages * PAGE)));
        break;
    }
    case 10: {
        unsigned char in[PAGES];
        printf("msync %d+%d = %ld, mincore %ld", from, length, failed(msync(at, size, MS_SYNC)), failed(mincore(at, size, in)));
        break;
    }
    case 11: {
        printf("fork:");
        fflush(stdout);
        int child = fork();
        if (child == 0) {
            layout();
            contents();
            poke(at + 5, 200 + below(50));
            contents();
            fflush(stdout);
            _exit(0);
        }
        waitpid(child, NULL, 0);
        printf("   and then");
        break;
    }
    default: printf("write");
    }
    for (int i = 0; i < 3; i++) {
        int page = below(PAGES), value = 1 + below(199);
        printf(", %d: %d", page, poke(BASE + page * PAGE + 5, value) ? 0 : value);
    }
    printf("\n  ");
    layout();
    contents();
}

int main(int argc, char **argv)
{
    struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    int steps = atoi(argv[2]);
    state = strtoul(argv[1], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
    sigaction(SIGBUS, &act, NULL);
    sigaction(SIGSEGV, &act, NULL);
    file = memfd_create("stretch", 0);
    maps = open("/proc/self/maps", O_RDONLY);
    ftruncate(file, FILE_PAGES * PAGE);
    for (int i = 0; i < steps; i++) step(i);
    return 0;
}
