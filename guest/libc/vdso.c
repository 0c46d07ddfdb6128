/* The shared object that the kernel maps: clocks read by it and by calls are one, its symbols, its places in maps. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "calls.h"

static long long read_by(int by_call, int id)
{
    struct timespec t = {-1, -1};
    if ((by_call ? syscall(SYS_clock_gettime, id, &t) : clock_gettime(id, &t)) < 0)
        return -1;
    return t.tv_nsec < 0 || t.tv_nsec > 999999999 ? -2 : t.tv_sec * 1000000000ll + t.tv_nsec;
}
static long long read_day(int by_call)
{
    struct timeval t;
    (by_call ? syscall(SYS_gettimeofday, &t, NULL) : gettimeofday(&t, NULL));
    return t.tv_usec > 999999 ? -2 : t.tv_sec * 1000000ll + t.tv_usec;
}

/* Neither goes back however they take turns, and both go on together. */
static void clocks(void)
{
    static const int ids[] = {0, 1, 2, 3, 4, 7, 11};
    SAY("-- clocks");
    for (int i = 0; i < 7; i++) {
        int back = 0, bad = 0;
        long long last = read_by(0, ids[i]);
        for (int n = 0; n < 2000; n++) {
            long long now = read_by(n % 3 == 1, ids[i]);
            back += now < last, bad += now < 0;
            last = now;
        }
        SAY("  clock %d: %d back, %d bad, moved %d", ids[i], back, bad, read_by(0, ids[i]) > 0);
    }
    R(read_by(0, 10));
    R(read_by(0, 12));
    R(read_by(0, 99));
    R(read_by(0, -1000));
    int back = 0;
    long long last = read_day(0);
    for (int n = 0; n < 2000; n++) {
        long long now = read_day(n % 3 == 1);
        back += now < last;
        last = now;
    }
    SAY("  time of day: %d back", back);
    long long coarse = read_by(1, 6), fine = read_by(0, 1);
    R(coarse > 0 && coarse <= fine);
    R(llabs(read_by(0, 0) / 1000 - read_day(0)) < 1000000);
}

static void resolutions(void)
{
    struct timespec t;
    SAY("-- resolutions");
    for (int id = 0; id < 8; id++)
        if (id != 5 && id != 6)
            R(clock_getres(id, &t) < 0 ? -1 : t.tv_sec * 1000000000 + t.tv_nsec);
    R(clock_getres(1, NULL));
    R(clock_getres(99, &t));
}

static void object(void)
{
    SAY("-- the object");
    Elf64_Ehdr *head = (void *)getauxval(AT_SYSINFO_EHDR);
    R(memcmp(head, ELFMAG, SELFMAG));
    R(head->e_type == ET_DYN);
    Elf64_Phdr *part = (void *)((char *)head + head->e_phoff);
    char *base = NULL;
    Elf64_Dyn *dynamic = NULL;
    for (int i = 0; i < head->e_phnum; i++)
        if (part[i].p_type == PT_LOAD)
            base = (char *)head - part[i].p_vaddr + part[i].p_offset;
    for (int i = 0; i < head->e_phnum; i++)
        if (part[i].p_type == PT_DYNAMIC)
            dynamic = (void *)(base + part[i].p_vaddr);
    char *names = NULL;
    Elf64_Sym *symbols = NULL;
    Elf64_Word *hash = NULL;
    unsigned count = 0;
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == DT_STRTAB)
            names = base + dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_SYMTAB)
            symbols = (void *)(base + dynamic->d_un.d_ptr);
        if (dynamic->d_tag == DT_HASH)
            hash = (void *)(base + dynamic->d_un.d_ptr);
    }
    static const char *const wanted[] = {"clock_gettime", "gettimeofday", "clock_getres", "getcpu"};
    for (int w = 0; w < 4; w++) {
        char name[40];
        snprintf(name, sizeof name, "__vdso_%s", wanted[w]);
        for (unsigned i = 1; hash && i < hash[1]; i++)
            if (strcmp(names + symbols[i].st_name, name) == 0) {
                count++;
                if (w == 3) {
                    unsigned cpu = -1, node = -1;
                    int (*get)(unsigned *, unsigned *, void *) = (void *)(base + symbols[i].st_value);
                    R(get(&cpu, &node, NULL));
                    R(cpu < CPU_SETSIZE && node == 0);
                }
            }
    }
    R(hash == NULL || count == 4);
}

static void places(void)
{
    char line[200];
    unsigned long from, to, code = 0, data = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    SAY("-- places");
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx", &from, &to) == 2 && strstr(line, "[vdso]"))
            code = from, SAY("  vdso %.4s", strchr(line, ' ') + 1);
        if (strstr(line, "[vvar]"))
            data = to, SAY("  vvar %.4s", strchr(line, ' ') + 1);
    }
    R(code == getauxval(AT_SYSINFO_EHDR));
    R(data > 0 && data <= code);
}

static volatile int handled;
static void on_usr1(int signo) { handled++; }

int main(void)
{
    clocks();
    resolutions();
    object();
    places();
    signal(SIGUSR1, on_usr1);
    raise(SIGUSR1);
    R(handled);
    return 0;
}
