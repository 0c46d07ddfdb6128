/* Memory: mappings, rights, moving, the heap. */
#include "tests.h"

#define PAGE 4096ul
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *map(size_t size, int prot, int flags) { return mmap(NULL, size, prot, flags, -1, 0); }
static long unmap(void *at, size_t size) { return syscall(SYS_munmap, at, size); }

static char *target;
static void touch_read(void) { *(volatile char *)target; }
static void touch_write(void) { *(volatile char *)target = 1; }
static void call_it(void) { ((void (*)(void))target)(); }

/* "r", "w", "x" or "-" for what a child could do there. */
static void show_rights(const char *what, char *at)
{
    target = at;
    printf("%s: %s%s\n", what, in_child(touch_read) ? "-" : "r", in_child(touch_write) ? "-" : "w");
}

void test_mmap_basics(void)
{
    char *p = map(3 * PAGE, RW, ANON);
    yes("aligned", ((u64)p & (PAGE - 1)) == 0);
    result("zeroed", p[0] | p[3 * PAGE - 1]);
    p[2 * PAGE] = 1;
    result("a hole", unmap(p + PAGE, PAGE));
    show_rights("before it", p);
    show_rights("in it", p + PAGE);
    show_rights("behind it", p + 2 * PAGE);
    result("again, nothing there", unmap(p + PAGE, PAGE));
    result("length 0", (long)map(0, RW, ANON));
    result("neither shared nor private", (long)map(PAGE, RW, MAP_ANONYMOUS));
    result("not aligned", unmap(p + 5, PAGE));
    result("no such descriptor", (long)mmap(NULL, PAGE, RW, MAP_PRIVATE, 99, 0));
    result("much too much", (long)map(1ul << 50, RW, ANON));
    int fds[2];
    pipe(fds);
    result("a pipe", (long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fds[0], 0));
    int fd = open("/dev/zero", O_RDONLY, 0);
    p = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
    result("/dev/zero", p[7]);
    fd = open("ro", O_RDONLY | O_CREAT, 0600);
    result("shared writing needs a writable file", (long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0));
    yes("private writing does not", !is_error(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0)));
    result("offset not aligned", (long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100));
    syscall(SYS_unlinkat, AT_FDCWD, "ro", 0);
}

void test_mmap_fixed(void)
{
    char *p = map(4 * PAGE, RW, ANON);
    memset(p, 7, 4 * PAGE);
    char *q = mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    yes("MAP_FIXED is where asked", q == p + PAGE);
    printf("replaced: %d %d %d\n", p[0], p[PAGE], p[2 * PAGE]);
    result("not aligned", (long)mmap(p + 3, PAGE, RW, ANON | MAP_FIXED, -1, 0));
    result("MAP_FIXED_NOREPLACE on a mapping", (long)mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
    unmap(p + 3 * PAGE, PAGE);
    q = mmap(p + 3 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
    yes("and where nothing is", q == p + 3 * PAGE);
    q = mmap(p, PAGE, RW, ANON, -1, 0);
    yes("a hint that is taken gives another place", !is_error(q) && q != p);
}

void test_mprotect_rights(void)
{
    char *p = map(3 * PAGE, RW, ANON);
    result("read-only", syscall(SYS_mprotect, p, 3 * PAGE, PROT_READ));
    show_rights("all", p + PAGE);
    result("none in the middle", syscall(SYS_mprotect, p + PAGE, PAGE, PROT_NONE));
    show_rights("first", p);
    show_rights("middle", p + PAGE);
    show_rights("last", p + 2 * PAGE);
    syscall(SYS_mprotect, p, 3 * PAGE, RW);
    show_rights("all again", p + PAGE);
    p[PAGE] = 9;
    syscall(SYS_mprotect, p, 3 * PAGE, PROT_NONE);
    syscall(SYS_mprotect, p, 3 * PAGE, RW);
    result("contents survive", p[PAGE]);
    target = p;
    show_status("data is not code", in_child(call_it));
    unmap(p + PAGE, PAGE);
    result("over a hole", syscall(SYS_mprotect, p, 3 * PAGE, PROT_READ));
    result("not aligned", syscall(SYS_mprotect, p + 1, PAGE, PROT_READ));
    result("bad rights", syscall(SYS_mprotect, p, PAGE, 0x1000));
    int fd = open("ro", O_RDONLY | O_CREAT, 0600);
    p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    result("a shared file opened for reading", syscall(SYS_mprotect, p, PAGE, RW));
    syscall(SYS_unlinkat, AT_FDCWD, "ro", 0);
}

static char *remap(void *old, size_t from, size_t to, int flags, void *at)
{
    return (char *)syscall(SYS_mremap, old, from, to, flags, at);
}

void test_mremap_grows(void)
{
    char *p = map(2 * PAGE, RW, ANON);
    p[0] = 1;
    p[PAGE] = 2;
    char *q = remap(p, 2 * PAGE, PAGE, 0, NULL);
    yes("shrink in place", q == p);
    show_rights("cut off", p + PAGE);
    mmap(p + PAGE, PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0);
    result("grow against a neighbour", (long)remap(p, PAGE, 2 * PAGE, 0, NULL));
    q = remap(p, PAGE, 8 * PAGE, MREMAP_MAYMOVE, NULL);
    yes("may move", !is_error(q) && q != p);
    printf("kept %d, new part %d\n", q[0], q[7 * PAGE]);
    show_rights("the old place", p);
    char *place = map(8 * PAGE, RW, ANON);
    yes("to a fixed place", remap(q, 8 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
    result("kept", place[0]);
    result("fixed without may move", (long)remap(place, PAGE, PAGE, MREMAP_FIXED, q));
    result("length 0", (long)remap(place, PAGE, 0, MREMAP_MAYMOVE, NULL));
    result("nothing there", (long)remap(q, PAGE, 2 * PAGE, MREMAP_MAYMOVE, NULL));
}

void test_madvise_dontneed(void)
{
    char *p = map(2 * PAGE, RW, ANON);
    p[0] = p[PAGE] = 5;
    result("MADV_DONTNEED", syscall(SYS_madvise, p, PAGE, MADV_DONTNEED));
    printf("then %d and %d\n", p[0], p[PAGE]);
    result("not aligned", syscall(SYS_madvise, p + 1, PAGE, MADV_DONTNEED));
    result("unknown advice", syscall(SYS_madvise, p, PAGE, 12345));
    unmap(p, 2 * PAGE);
    result("nothing there", syscall(SYS_madvise, p, PAGE, MADV_DONTNEED));
}

void test_brk_moves(void)
{
    char *start = (char *)syscall(SYS_brk, 0);
    yes("there is a heap", start != NULL);
    char *end = (char *)syscall(SYS_brk, start + 3 * PAGE);
    result("grown by", end - start);
    start[0] = end[-1] = 1;
    result("new memory is zero", start[PAGE]);
    yes("shrunk", (char *)syscall(SYS_brk, start + PAGE / 2) == start + PAGE / 2);
    syscall(SYS_brk, start + 3 * PAGE);
    result("zero again after shrinking", end[-1]);
    yes("a bad wish changes nothing", (char *)syscall(SYS_brk, 16) == end);
    int pid = fork();
    if (pid == 0)
        exit((char *)syscall(SYS_brk, 0) == end && (char *)syscall(SYS_brk, end + PAGE) == end + PAGE);
    show_status("a child has its own copy", wait_for(pid));
    yes("ours stays", (char *)syscall(SYS_brk, 0) == end);
}

