/* What programs that mean no good, or many threads at once, found wrong. */
#include "tests.h"

/* A process that is stopped and told to stop again can still be killed. */
void test_kill_beats_stop(void)
{
    int status, pid = fork();
    if (pid == 0)
        for (;;)
            syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    show_status("first", status);
    result("another stop", tgkill(pid, pid, SIGSTOP));
    kill(pid, SIGKILL);
    show_status("then", wait_for(pid));
}

static int pipe_ends[2];

static int read_slowly(void *arg)
{
    char buffer[8];
    return read(pipe_ends[0], buffer, sizeof buffer);
}

static void nothing(int signo, struct siginfo *info, void *context) {}

static void pause_for(long ms)
{
    struct timespec t = {0, ms * MS};
    syscall(SYS_nanosleep, &t, NULL);
}

/* A blocked call keeps its file, whoever closes the descriptor. */
void test_close_under_read(void)
{
    struct thread t;
    char byte;
    pipe(pipe_ends);
    thread_start(&t, read_slowly, NULL);
    pause_for(30);
    result("close", close(pipe_ends[0]));
    result("the descriptor is gone", read(pipe_ends[0], &byte, 1));
    result("its writer has a reader still", write(pipe_ends[1], "abc", 3));
    result("read", thread_join(&t));
    on_signal(SIGPIPE, nothing, SA_SIGINFO);
    result("and now none", write(pipe_ends[1], "abc", 3));
    close(pipe_ends[1]);

    /* A new file under the number is not read instead. */
    pipe(pipe_ends);
    int other[2], was = pipe_ends[0];
    pipe(other);
    thread_start(&t, read_slowly, NULL);
    pause_for(30);
    syscall(SYS_dup3, other[0], was, 0);
    write(other[1], "wrong!", 6);
    write(pipe_ends[1], "right", 5);
    result("after dup3 over it", thread_join(&t));
    close(pipe_ends[1]);
    close(was);

    /* A call that a handler interrupts begins anew, and looks the number up again. */
    pipe(pipe_ends);
    on_signal(SIGUSR1, nothing, SA_SIGINFO | SA_RESTART);
    thread_start(&t, read_slowly, NULL);
    pause_for(30);
    close(pipe_ends[0]);
    tgkill(getpid(), t.tid, SIGUSR1);
    result("restarted", thread_join(&t));
}

static i64 left(struct timespec *t) { return t->sec * 1000 + t->nsec / MS; }

/* ppoll and pselect6 leave the time that was left, however they end; nanosleep only when a handler cuts it short. */
void test_time_left(void)
{
    int fds[2];
    u64 set = 0;
    struct timespec t = {5, 0}, rest = {77, 0};
    pipe(fds);
    struct pollfd p = {fds[1], POLLOUT, 0};
    result("ready at once", syscall(SYS_ppoll, &p, 1, &t, NULL, 8));
    yes("nearly all is left", left(&t) > 4500 && left(&t) <= 5000);
    t = (struct timespec){0, 20 * MS};
    result("timeout", syscall(SYS_ppoll, NULL, 0, &t, NULL, 8));
    result("nothing is left", left(&t));
    t = (struct timespec){5, 0};
    p = (struct pollfd){fds[1], POLLOUT, 0};
    result("a bad address", syscall(SYS_ppoll, (void *)8, 1, &t, NULL, 8));
    yes("tells it, too", left(&t) <= 5000);
    set = 1ul << fds[1];
    t = (struct timespec){5, 0};
    result("pselect6", syscall(SYS_pselect6, fds[1] + 1, NULL, &set, NULL, &t, NULL));
    yes("nearly all is left", left(&t) > 4500);
    on_signal(SIGALRM, nothing, SA_SIGINFO);
    interrupt_in(30);
    t = (struct timespec){5, 0};
    result("a handler comes", syscall(SYS_ppoll, NULL, 0, &t, NULL, 8));
    yes("some is left", left(&t) > 4000 && left(&t) < 5000);
    interrupt_in(30);
    t = (struct timespec){5, 0};
    result("a handler comes", syscall(SYS_pselect6, 0, NULL, NULL, NULL, &t, NULL));
    yes("some is left", left(&t) > 4000 && left(&t) < 5000);
    interrupt_in(30);
    t = (struct timespec){5, 0};
    result("a handler ends a sleep", syscall(SYS_nanosleep, &t, &rest));
    yes("some is left", left(&rest) > 4000 && left(&rest) < 5000);
    rest = (struct timespec){77, 0};
    t = (struct timespec){0, 20 * MS};
    result("a whole sleep", syscall(SYS_nanosleep, &t, &rest));
    result("says nothing", left(&rest));
    t = (struct timespec){0, 20 * MS};
    result("a whole sleep with no place for the rest", syscall(SYS_nanosleep, &t, (void *)8));
    interrupt_in(30);
    t = (struct timespec){5, 0};
    result("a cut one", syscall(SYS_nanosleep, &t, (void *)8));
    t = (struct timespec){0, 0};
    result("no time", syscall(SYS_ppoll, NULL, 0, &t, NULL, 8));
}

static i64 ticks_of(int fd)
{
    u64 ticks = 0;
    long got = read(fd, &ticks, 8);
    return got < 0 ? got : (i64)ticks;
}

/* A periodic timer that nobody looks at stands still, and yet counts its periods. */
void test_due_timers(void)
{
    struct timespec at[2] = {{0, 10 * MS}, {0, 10 * MS}}, now[2];
    int fd = syscall(SYS_timerfd_create, CLOCK_MONOTONIC, O_NONBLOCK);
    result("settime", syscall(SYS_timerfd_settime, fd, 0, at, NULL));
    pause_for(45);
    result("gettime", syscall(SYS_timerfd_gettime, fd, now));
    yes("the next period", now[1].sec == 0 && now[1].nsec > 0 && now[1].nsec <= 10 * MS);
    yes("those before", ticks_of(fd) >= 4);
    result("all read", ticks_of(fd));
    pause_for(25);
    yes("and on", ticks_of(fd) >= 2);
    struct itimerval every = {{0, 10000}, {0, 10000}}, left;
    u64 alarm = 1ul << (SIGALRM - 1), none = 0;
    on_signal(SIGALRM, nothing, SA_SIGINFO);
    set_mask(SIG_BLOCK, alarm, NULL);
    result("setitimer", syscall(SYS_setitimer, ITIMER_REAL, &every, NULL));
    pause_for(35);
    syscall(SYS_getitimer, ITIMER_REAL, &left);
    yes("a period", left.interval.usec == 10000);
    yes("none runs while the signal waits", left.value.sec == 0 && left.value.usec == 0);
    set_mask(SIG_SETMASK, none, NULL);
    syscall(SYS_getitimer, ITIMER_REAL, &left);
    yes("then one does", left.value.usec > 0 && left.value.usec <= 10000);
}

struct range_lock { short type, whence; i64 start, length; int pid; };
enum { SETLK = 6, SETLKW = 7, WRITE_LOCK = 1, UNLOCK = 2 };

static long lock_byte(int fd, int cmd, int type, int at)
{
    struct range_lock lock = {type, SEEK_SET, at, 1, 0};
    return syscall(SYS_fcntl, fd, cmd, &lock);
}

/* Two and three processes that wait for each other in a ring: the last one is told. */
void test_lock_ring(void)
{
    int go[2];
    make_file("ring", "abcdef");
    int fd = open("ring", O_RDWR, 0);
    for (int size = 2; size <= 3; size++) {
        int pids[3];
        pipe(go);
        result("mine", lock_byte(fd, SETLK, WRITE_LOCK, 0));
        for (int i = size - 1; i > 0; i--) {
            pids[i] = fork();
            if (pids[i] == 0) {
                lock_byte(fd, SETLK, WRITE_LOCK, i);
                say_byte(go[1]);
                exit(lock_byte(fd, SETLKW, WRITE_LOCK, (i + 1) % size) == 0 ? 5 : 6);
            }
            await_byte(go[0]);
            pause_for(20);
        }
        result("the ring closes", lock_byte(fd, SETLKW, WRITE_LOCK, 1));
        result("asking does not", lock_byte(fd, SETLK, WRITE_LOCK, 1));
        result("let go", lock_byte(fd, SETLK, UNLOCK, 0));
        for (int i = size - 1; i > 0; i--)
            show_status("one after the other", wait_for(pids[i]));
    }
    /* Waiting for one who waits for somebody else is no ring. */
    pipe(go);
    int stranger = fork();
    if (stranger == 0) {
        lock_byte(fd, SETLK, WRITE_LOCK, 1);
        say_byte(go[1]);
        pause_for(60);
        exit(0);
    }
    await_byte(go[0]);
    result("just waits", lock_byte(fd, SETLKW, WRITE_LOCK, 1));
    wait_for(stranger);
}

static char program[4096];

/* Copies this very program to a file; gives a descriptor that still writes it. */
static int copy_self(const char *path)
{
    int in = open("/proc/self/exe", O_RDONLY, 0), out = open(path, O_RDWR | O_CREAT | O_TRUNC, 0755);
    for (long n; (n = read(in, program, sizeof program)) > 0;)
        write(out, program, n);
    close(in);
    return out;
}

static char *const run_args[] = {"copy", "+linger", NULL};
static char *const no_env[] = {NULL};


static void run_copy(void)
{
    result("execve", syscall(SYS_execve, "copy", run_args, no_env));
}

/* What is open for writing cannot be run, and what runs cannot be written. */
void test_busy_text(void)
{
    int copy = copy_self("copy");
    in_child(run_copy);
    int reader = open("copy", O_RDONLY, 0);
    close(copy);
    int pid = fork();
    if (pid == 0) {
        run_copy();
        exit(1);
    }
    pause_for(100);
    result("open for writing", open("copy", O_WRONLY, 0));
    result("open for both", open("copy", O_RDWR, 0));
    result("cut short", open("copy", O_RDONLY | O_TRUNC, 0));
    result("truncate", syscall(SYS_truncate, "copy", 0));
    yes("open for reading", open("copy", O_RDONLY, 0) > 0);
    result("unlink", syscall(SYS_unlinkat, AT_FDCWD, "copy", 0));
    yes("another of the same name", open("copy", O_RDWR | O_CREAT, 0755) > 0);
    kill(pid, SIGKILL);
    wait_for(pid);
    close(reader);
}
