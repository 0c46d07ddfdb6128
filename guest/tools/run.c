/* Tools about running: kill sleep true false env nice time nproc xargs. */
#include "tools.h"

int true_main(int argc, char **argv) { return 0; }
int false_main(int argc, char **argv) { return 1; }

static int list_signals(void)
{
    for (int s = 1; s <= 31; s++)
        out("%2d %-7s%s", s, signal_name(s), s % 8 ? "" : "\n");
    out("\n");
    return 0;
}

/* kill [-SIGNAL | -s SIGNAL] PID…; a negative PID is a process group */
int kill_main(int argc, char **argv)
{
    int i = 1, signo = SIGTERM, status = 0;
    if (argc > 1 && !strcmp(argv[1], "-l"))
        return list_signals();
    if (argc > 2 && *argv[1] == '-') {
        bool apart = !strcmp(argv[1], "-s");
        signo = signal_number(apart ? argv[2] : argv[1] + 1);
        i = apart ? 3 : 2;
    }
    if (i < argc && !strcmp(argv[i], "--"))
        i++;
    if (signo < 0 || i >= argc) {
        dprintf(2, "kill: kill [-SIGNAL] PID…; kill -l lists the signals\n");
        return 1;
    }
    for (; i < argc; i++) {
        long pid;
        int e = to_number(argv[i], &pid) && pid ? kill(pid, signo) : -ESRCH;
        if (e < 0)
            status = fail("kill", argv[i], e);
    }
    return status;
}

/* sleep SECONDS, with a fraction if wanted */
int sleep_main(int argc, char **argv)
{
    char *end;
    if (argc < 2 || (!isdigit(*argv[1]) && *argv[1] != '.')) {
        dprintf(2, "sleep: sleep SECONDS\n");
        return 1;
    }
    struct timespec left = {strtol(argv[1], &end, 10), 0};
    end = strchr(argv[1], '.');
    for (long unit = 100000000; end && isdigit(*++end); unit /= 10)
        left.nsec += (*end - '0') * unit;
    while (syscall(SYS_nanosleep, &left, &left) == -EINTR)
        ;
    return 0;
}

/* env [NAME=VALUE…] [COMMAND…] */
int env_main(int argc, char **argv)
{
    int i = 1, n = 0;
    while (environ[n])
        n++;
    char **list = calloc(n + argc + 1, sizeof *list);
    memcpy(list, environ, n * sizeof *list);
    if (i < argc && !strcmp(argv[i], "-i")) {
        list[n = 0] = NULL;
        i++;
    }
    for (; i < argc && strchr(argv[i], '='); i++) {
        size_t length = strchr(argv[i], '=') - argv[i] + 1;
        int k = 0;
        while (k < n && strncmp(list[k], argv[i], length))
            k++;
        list[k] = argv[i];
        if (k == n)
            list[++n] = NULL;
    }
    environ = list;
    if (i < argc)
        run_program(argv + i);
    for (char **e = list; *e; e++)
        out("%s\n", *e);
    return 0;
}

/* nice [-n STEP] COMMAND…: less of the processor. Alone it tells the value. */
int nice_main(int argc, char **argv)
{
    long step = 10;
    int i = 1;
    /* The call gives 20 - nice, so that no answer is negative. */
    int now = 20 - (int)syscall(SYS_getpriority, PRIO_PROCESS, 0);
    if (argc > 2 && !strcmp(argv[1], "-n") && to_number(argv[2], &step))
        i = 3;
    if (i >= argc) {
        out("%d\n", now);
        return 0;
    }
    int e = syscall(SYS_setpriority, PRIO_PROCESS, 0, now + step);
    if (e < 0)
        fail("nice", "setpriority", e);
    run_program(argv + i);
}

static void print_time(const char *what, long us)
{
    dprintf(2, "%s %ld.%03lds\n", what, us / 1000000, us / 1000 % 1000);
}

/* time COMMAND… */
int time_main(int argc, char **argv)
{
    struct rusage used = {0};
    long start = now_ns(CLOCK_MONOTONIC);
    int status = argc > 1 ? run_command(argv + 1, &used) : 0;
    print_time("real", (now_ns(CLOCK_MONOTONIC) - start) / 1000);
    print_time("user", used.utime.sec * 1000000 + used.utime.usec);
    print_time("sys ", used.stime.sec * 1000000 + used.stime.usec);
    return status_code(status);
}

int nproc_main(int argc, char **argv)
{
    u64 mask[16] = {0};
    int n = 0;
    syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    for (int i = 0; i < LENGTH(mask); i++)
        for (u64 m = mask[i]; m; m &= m - 1)
            n++;
    out("%d\n", n);
    return 0;
}

/* xargs [-n MOST] COMMAND…: the words of the input as arguments */
int xargs_main(int argc, char **argv)
{
    struct reader in;
    long most = 500;
    int i = 1, fixed = 0, n, status = 0;
    char *list[640], *line;
    if (argc > 2 && !strcmp(argv[1], "-n") && to_number(argv[2], &most))
        i = 3;
    for (; i < argc && fixed < 100; i++)
        list[fixed++] = argv[i];
    if (!fixed)
        list[fixed++] = "echo";
    n = fixed;
    reader_init(&in, 0);
    while ((line = read_line(&in)))
        for (char *p = line; *p;) {
            while (isspace(*p))
                p++;
            char *start = p;
            while (*p && !isspace(*p))
                p++;
            if (p > start)
                list[n++] = strndup(start, p - start);
            if (n - fixed >= most || n >= 639) {
                list[n] = NULL;
                status |= status_code(run_command(list, NULL));
                n = fixed;
            }
        }
    list[n] = NULL;
    if (n > fixed)
        status |= status_code(run_command(list, NULL));
    return status ? 123 : 0;
}
