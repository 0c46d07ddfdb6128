/* Memory that is shared or copied, and the stack. */
#include "tests.h"

#define PAGE 4096ul
#define RW (PROT_READ | PROT_WRITE)

static int data = 1;
static char alternate[16384];

void test_cow_after_fork(void)
{
    int fds[2], back[2];
    char *private = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), stack = 1;
    char *shared = shared_page();
    pipe(fds);
    pipe(back);
    private[0] = shared[0] = 1;
    int pid = fork();
    if (pid == 0) {
        data = private[0] = stack = shared[0] = 2;
        say_byte(back[1]);
        await_byte(fds[0]);
        printf("child: data %d, private %d, stack %d, shared %d\n", data, private[0], stack, shared[0]);
        exit(0);
    }
    await_byte(back[0]);
    printf("parent: data %d, private %d, stack %d, shared %d\n", data, private[0], stack, shared[0]);
    data = private[0] = stack = shared[0] = 3;
    say_byte(fds[1]);
    wait_for(pid);
    /* The kernel's own writes copy too. */
    pid = fork();
    if (pid == 0) {
        int fd = open("/dev/zero", O_RDONLY, 0);
        exit(read(fd, private, 1) == 1 ? private[0] : 99);
    }
    show_status("read(2) into a copied page", wait_for(pid));
    result("ours is untouched", private[0]);
    for (int i = 0; i < 20; i++) {
        pid = fork();
        if (pid == 0) {
            data = i;
            exit(data == i);
        }
        wait_for(pid);
    }
    result("after twenty more", data);
}

void test_shared_mappings(void)
{
    int fd = open("shared", O_RDWR | O_CREAT | O_TRUNC, 0600);
    syscall(SYS_ftruncate, fd, 2 * PAGE);
    char *a = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0), *b = mmap(NULL, PAGE, RW, MAP_SHARED, fd, PAGE);
    char *p = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0), text[8] = "";
    a[PAGE] = 'x';
    printf("two mappings of one page: %c\n", b[0]);
    strcpy(a, "map");
    syscall(SYS_pread64, fd, text, 4, 0);
    printf("read sees it: %s\n", text);
    printf("a private one too, before it writes: %s\n", p);
    p[0] = 'c';
    printf("then they differ: %s %s\n", p, a);
    syscall(SYS_pwrite64, fd, "wro", 3, 0);
    printf("write is seen: %s %s\n", a, p);
    int pid = fork();
    if (pid == 0) {
        strcpy(a, "kid");
        exit(0);
    }
    wait_for(pid);
    printf("a child's write too: %s\n", a);
    close(fd);
    printf("the mapping outlives the descriptor: %s\n", a);
    syscall(SYS_unlinkat, AT_FDCWD, "shared", 0);
    printf("and the name: %s\n", a);
    result("msync", syscall(SYS_msync, a, 2 * PAGE, MS_SYNC));
    int memory = syscall(SYS_memfd_create, "mem", 0);
    write(memory, "memfd", 6);
    a = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, memory, 0);
    printf("memfd: %s\n", a);
}

void test_file_mappings(void)
{
    int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(fd, "0123456789", 10);
    char *p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    printf("contents %.10s, then %d\n", p, p[10]);
    syscall(SYS_ftruncate, fd, 5);
    syscall(SYS_ftruncate, fd, 10);
    char text[11] = "";
    syscall(SYS_pread64, fd, text, 10, 0);
    printf("cut and grown: %.5s then %d\n", text, text[5]);
    syscall(SYS_unlinkat, AT_FDCWD, "file", 0);
}

static int __attribute__((noinline)) deep(int n)
{
    volatile char room[2000];
    room[0] = room[1999] = n;
    return n ? deep(n - 1) + (room[0] == (char)n) : 0;
}

void test_stack_grows(void)
{
    result("two megabytes deep", deep(1000));
}

static void overflow_seen(int signo, struct siginfo *info, void *context)
{
    char here;
    printf("SIG%s, code %d, on the alternate stack %d\n", signal_name(signo), info->code,
           &here >= alternate && &here < alternate + sizeof alternate);
    exit(5);
}

static void overflow(void) { deep(1 << 30); }

static void overflow_handled(void)
{
    struct sigstack stack = {alternate, 0, sizeof alternate};
    syscall(SYS_sigaltstack, &stack, NULL);
    on_signal(SIGSEGV, overflow_seen, SA_SIGINFO | SA_ONSTACK);
    deep(1 << 30);
}

void test_stack_overflow(void)
{
    show_status("without a handler", in_child(overflow));
    show_status("with one", in_child(overflow_handled));
}
