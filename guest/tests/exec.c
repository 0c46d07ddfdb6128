/* exec: arguments, the auxiliary vector, scripts, what survives. The program executes itself: "+WHAT …". */
#include "tests.h"

static const char self[] = "/proc/self/exe";

static unsigned long aux(unsigned long key)
{
    for (unsigned long *a = auxv; a[0]; a += 2)
        if (a[0] == key)
            return a[1];
    return -1;
}

static void print_all(int argc, char **argv)
{
    printf("%d arguments:", argc);
    for (int i = 0; i < argc; i++)
        printf(" [%s]", argv[i]);
    printf("\nenvironment:");
    for (char **e = environ; *e; e++)
        printf(" [%s]", *e);
    printf("\n");
}

static void print_auxv(void)
{
    enum { PHDR = 3, PHENT, PHNUM, PAGESZ, BASE, FLAGS, ENTRY, UID = 11, CLKTCK = 17, SECURE = 23, RANDOM = 25, EXECFN = 31 };
    printf("page size %lu, header size %lu, ticks %lu, secure %lu, base %lu\n", aux(PAGESZ), aux(PHENT), aux(CLKTCK),
           aux(SECURE), aux(BASE));
    yes("program headers in memory", *(u32 *)aux(PHDR) <= 10 || *(u32 *)aux(PHDR) >= 0x60000000);
    yes("random bytes", aux(RANDOM) > 4096 && *(u64 *)aux(RANDOM) != 0);
    printf("file name %s\n", (char *)aux(EXECFN));
    yes("ids", aux(UID) == (unsigned long)syscall(SYS_getuid));
    yes("stack aligned to 16", ((u64)__builtin_frame_address(0) & 15) == 0);
}

static void print_signals(void)
{
    struct sigaction a[3];
    u64 mask = 0, waiting = 0;
    struct sigstack stack;
    for (int i = 0; i < 3; i++)
        syscall(SYS_rt_sigaction, i == 0 ? SIGUSR1 : i == 1 ? SIGUSR2 : SIGTERM, NULL, &a[i], 8);
    set_mask(SIG_BLOCK, 0, &mask);
    syscall(SYS_rt_sigpending, &waiting, 8);
    syscall(SYS_sigaltstack, NULL, &stack);
    printf("handled becomes default %d, ignored stays ignored %d\n", a[0].handler == SIG_DFL, a[1].handler == SIG_IGN);
    printf("mask kept %d, pending kept %d, alternate stack off %d\n", mask == BIT(SIGHUP), waiting == BIT(SIGHUP),
           stack.flags == SS_DISABLE);
}

static void print_descriptors(void)
{
    printf("plain descriptor open %d, close-on-exec open %d\n", syscall(SYS_fcntl, 20, F_GETFD) >= 0,
           syscall(SYS_fcntl, 21, F_GETFD) >= 0);
}

static void print_name(void)
{
    char name[32] = "";
    syscall(SYS_prctl, PR_GET_NAME, name);
    yes("the task is named after the file", strcmp(name, "renamed") != 0);
    yes("one thread, whose id is the process's", gettid() == getpid());
}

int exec_helper(int argc, char **argv)
{
    const char *what = argv[1] + 1;
    if (!strcmp(what, "arguments"))
        print_all(argc, argv);
    else if (!strcmp(what, "auxv"))
        print_auxv();
    else if (!strcmp(what, "signals"))
        print_signals();
    else if (!strcmp(what, "descriptors"))
        print_descriptors();
    else if (!strcmp(what, "name"))
        print_name();
    else if (!strcmp(what, "linger"))
        for (;;)
            syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
    return 21;
}

static char *empty[] = {NULL};

static void run_self(const char *what, const char *extra)
{
    char *args[] = {"zero", (char *)what, (char *)extra, NULL};
    result("exec failed", execve(self, args, empty));
    exit(1);
}

static void exec_arguments(void)
{
    char *args[] = {"any name", "+arguments", "", "two words", NULL};
    char *env[] = {"A=1", "B=", "no equals sign", NULL};
    result("exec failed", execve(self, args, env));
}

void test_exec_arguments(void)
{
    show_status("status", in_child(exec_arguments));
    static char long_one[40000];
    memset(long_one, 'x', sizeof long_one - 1);
    int pid = fork();
    if (pid == 0) {
        int log = open("/dev/null", O_WRONLY, 0);
        dup2(log, 1);
        char *many[] = {"0", "+none", long_one, long_one, long_one, NULL};
        execve(self, many, empty);
        exit(1);
    }
    show_status("120 kB of arguments", wait_for(pid));
}

static void exec_auxv(void) { run_self("+auxv", NULL); }
void test_exec_auxv(void) { show_status("status", in_child(exec_auxv)); }

/* A script is started as INTERPRETER [ONE ARGUMENT] SCRIPT ARGUMENTS…. */
static void exec_script(void)
{
    char *args[] = {"lost", "first", "second", NULL};
    result("exec failed", execve("./script", args, empty));
}

static void write_script(const char *text, int mode)
{
    int fd = open("script", O_WRONLY | O_CREAT | O_TRUNC, 0755);
    write(fd, text, strlen(text));
    syscall(SYS_fchmod, fd, mode);
    close(fd);
}

void test_exec_script(void)
{
    write_script("#! /proc/self/exe +arguments  \nrest\n", 0755);
    show_status("status", in_child(exec_script));
    write_script("#!/nowhere\n", 0755);
    in_child(exec_script);
    write_script("#!\n", 0755);
    in_child(exec_script);
    syscall(SYS_unlinkat, AT_FDCWD, "script", 0);
}

void test_exec_refusals(void)
{
    char *args[] = {"x", NULL};
    result("missing", execve("nowhere", args, empty));
    result("a folder", execve(".", args, empty));
    write_script("text\n", 0755);
    result("neither ELF nor script", execve("./script", args, empty));
    write_script("", 0755);
    result("empty", execve("./script", args, empty));
    write_script("#!/bin/sh\n", 0644);
    result("not executable", execve("./script", args, empty));
    write_script("\177ELF\2\1\1", 0755);
    result("a cut-off ELF", execve("./script", args, empty));
    result("bad address", execve((char *)8, args, empty));
    result("bad arguments", execve("./script", (char **)8, empty));
    syscall(SYS_unlinkat, AT_FDCWD, "script", 0);
}

static void caught(int signo, struct siginfo *info, void *context) {}

static char alternate[16384];

static void exec_signals(void)
{
    struct sigstack stack = {alternate, 0, sizeof alternate};
    on_signal(SIGUSR1, caught, 0);
    on_signal(SIGUSR2, SIG_IGN, 0);
    set_mask(SIG_SETMASK, BIT(SIGHUP), NULL);
    kill(getpid(), SIGHUP);
    syscall(SYS_sigaltstack, &stack, NULL);
    run_self("+signals", NULL);
}

void test_exec_signals(void) { show_status("status", in_child(exec_signals)); }

static void exec_descriptors(void)
{
    int fd = open("/dev/null", O_RDONLY, 0);
    syscall(SYS_dup3, fd, 20, 0);
    syscall(SYS_dup3, fd, 21, O_CLOEXEC);
    run_self("+descriptors", NULL);
}

void test_cloexec(void) { show_status("status", in_child(exec_descriptors)); }

static struct thread threads[2];

static int idle(void *arg)
{
    sleep_ns(30000 * MS);
    return 0;
}

static int exec_here(void *arg)
{
    run_self("+name", NULL);
    return 0;
}

static void exec_threads(void)
{
    set_name("renamed");
    thread_start(&threads[0], idle, NULL);
    thread_start(&threads[1], exec_here, NULL);
    sleep_ns(30000 * MS);
}

/* exec in a thread ends all others, and the new program has the process's id. */
void test_exec_from_thread(void)
{
    show_status("status", in_child(exec_threads));
}
