/* System V objects: identifiers, rights, attaching, undoing, waiting, removal, and what each call refuses. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "calls.h"

#define KEY 0x7e5717
union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
    struct seminfo *info;
};
static long ret(long r) { return r < 0 ? -errno : r; }
#define T(e) SAY("  %s: %ld", #e, ret(e))
static void nap(int ms) { usleep(ms * 1000); }
static int reap(void)
{
    int status = -1;
    wait(&status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void shm(void)
{
    SAY("-- shm");
    struct shmid_ds ds;
    T(shmget(KEY, 5000, 0600));
    int id = shmget(KEY, 5000, IPC_CREAT | 0640);
    SAY("  made %d", id >= 0);
    T(shmget(KEY, 5000, IPC_CREAT | IPC_EXCL | 0600));
    T(shmget(KEY, 6000, 0));
    T(shmget(KEY, 5000, 0) == id);
    T(shmget(IPC_PRIVATE, 0, 0600));
    T(shmget(KEY + 1, -1UL, IPC_CREAT | 0600));
    char *a = shmat(id, NULL, 0), *b = shmat(id, NULL, SHM_RDONLY);
    strcpy(a, "shared");
    SAY("  %s %d", b, a != b);
    T(shmctl(id, IPC_STAT, &ds));
    SAY("  size %zu nattch %ld mode %o key %x cpid %d lpid %d uid %d", ds.shm_segsz, (long)ds.shm_nattch, ds.shm_perm.mode,
        ds.shm_perm.__key, ds.shm_cpid == getpid(), ds.shm_lpid == getpid(), ds.shm_perm.uid);
    T((long)shmat(id, a + 4096, 0));
    T((long)shmat(id, a + 1, 0));
    T((long)shmat(id, NULL, SHM_REMAP));
    T((long)shmat(12345678, NULL, 0));
    T((long)shmat(-1, NULL, 0));
    T(shmat(id, b + 17, SHM_RND | SHM_REMAP) == b);
    T(shmctl(id, IPC_STAT, &ds));
    SAY("  nattch %ld", (long)ds.shm_nattch);
    T(mprotect(a, 4096, PROT_READ));
    T(shmctl(id, IPC_STAT, &ds));
    SAY("  nattch after a split %ld", (long)ds.shm_nattch);
    if (fork() == 0) {
        shmctl(id, IPC_STAT, &ds);
        SAY("  child nattch %ld lpid mine %d", (long)ds.shm_nattch, ds.shm_lpid == getpid());
        strcpy(b, "from the child");
        _exit(shmdt(a) == 0 ? 7 : 1);
    }
    SAY("  child %d: %s", reap(), a);
    T(shmdt(a));
    T(shmdt(a));
    T(shmdt(b + 1));
    T(shmctl(id, SHM_LOCK, NULL));
    T(shmctl(id, IPC_STAT, &ds));
    SAY("  mode %o", ds.shm_perm.mode);
    T(shmctl(id, SHM_UNLOCK, NULL));
    ds.shm_perm.mode = 07600;
    T(shmctl(id, IPC_SET, &ds));
    T(shmctl(id, IPC_RMID, NULL));
    T(shmget(KEY, 0, 0));
    T(shmctl(id, IPC_STAT, &ds));
    SAY("  mode %o key %x", ds.shm_perm.mode, ds.shm_perm.__key);
    a = shmat(id, NULL, 0);
    SAY("  attached although it goes: %s", a);
    shmdt(a), shmdt(b);
    T(shmctl(id, IPC_STAT, &ds));
    T(shmctl(id, IPC_RMID, NULL));
    T(shmctl(id, 99, NULL));
    id = shmget(IPC_PRIVATE, 100, 0600);
    T(shmctl(id, IPC_STAT, (void *)8));
    T(shmctl(id, 99, NULL));
    if (fork() == 0) {
        setresgid(77, 77, 77);
        setresuid(77, 77, 77);
        T((long)shmat(id, NULL, 0));
        T(shmctl(id, IPC_STAT, &ds));
        T(shmctl(id, IPC_RMID, NULL));
        T(shmctl(id, IPC_SET, &ds));
        T(shmctl(id, SHM_LOCK, NULL));
        _exit(0);
    }
    reap();
    T(shmctl(id, IPC_RMID, NULL));
    struct shminfo info;
    T(shmctl(0, IPC_INFO, (void *)&info) >= 0);
    SAY("  max %lx min %ld mni %ld", info.shmmax, info.shmmin, info.shmmni);
}

static int op(int id, int sem, int delta, int flags)
{
    struct sembuf b = {sem, delta, flags};
    return semop(id, &b, 1);
}
static int get(int id, int sem, int what) { return semctl(id, sem, what); }

static void *threadly(void *id)
{
    op(*(int *)id, 0, 5, SEM_UNDO);
    return NULL;
}
static void none(int s) { (void)s; }

static void sem(void)
{
    SAY("-- sem");
    struct semid_ds ds;
    struct timespec soon = {0, 20000000};
    T(semget(KEY, 0, IPC_CREAT | 0600));
    T(semget(KEY, 40000, IPC_CREAT | 0600));
    int id = semget(KEY, 4, IPC_CREAT | 0600);
    T(semget(KEY, 5, 0));
    T(semget(KEY, 0, 0) == id);
    T(semctl(id, 4, GETVAL));
    T(semctl(id, 0, SETVAL, (union semun){.val = 40000}));
    T(semctl(id, 0, SETVAL, (union semun){.val = -1}));
    T(semctl(id, 1, SETVAL, (union semun){.val = 3}));
    unsigned short all[4] = {1, 2, 3, 4};
    T(semctl(id, 0, SETALL, (union semun){.array = all}));
    memset(all, 0, sizeof all);
    T(semctl(id, 0, GETALL, (union semun){.array = all}));
    SAY("  %d %d %d %d", all[0], all[1], all[2], all[3]);
    T(op(id, 9, 1, 0));
    T(op(id, 0, 32767, 0));
    T(op(id, 0, -2, IPC_NOWAIT));
    T(op(id, 0, 0, IPC_NOWAIT));
    struct sembuf both[3] = {{0, -1, 0}, {1, -5, IPC_NOWAIT}, {2, 1, 0}};
    T(semop(id, both, 3));
    T(get(id, 0, GETVAL));
    struct sembuf twice[3] = {{0, -1, 0}, {0, 0, 0}, {0, 4, 0}};
    T(semop(id, twice, 3));
    T(get(id, 0, GETVAL));
    T(semop(id, both, 0));
    T(semop(id, both, 501));
    T(semop(id, NULL, 1));
    T(semtimedop(id, &(struct sembuf){0, -9, 0}, 1, &soon));
    T(semtimedop(id, &(struct sembuf){0, -9, 0}, 1, &(struct timespec){0, -1}));
    T(get(id, 0, GETPID) == getpid());
    int kids[3];
    semctl(id, 3, SETVAL, (union semun){.val = 0});
    for (int i = 0; i < 3; i++) {
        if ((kids[i] = fork()) == 0) {
            int r = op(id, 3, i == 1 ? -2 : -1, 0);
            SAY("  child %d woke: %d", i, r);
            op(id, 2, 1, 0);
            _exit(0);
        }
        nap(20);
    }
    semctl(id, 2, SETVAL, (union semun){.val = 0});
    T(get(id, 3, GETNCNT));
    T(get(id, 3, GETZCNT));
    op(id, 3, 1, 0), op(id, 2, -1, 0);
    T(get(id, 3, GETVAL));
    op(id, 3, 1, 0), op(id, 2, -1, 0);
    T(get(id, 3, GETVAL));
    op(id, 3, 2, 0), op(id, 2, -1, 0);
    T(get(id, 3, GETVAL));
    reap(), reap(), reap();
    SAY("  undo");
    semctl(id, 0, SETVAL, (union semun){.val = 10});
    if (fork() == 0) {
        op(id, 0, -4, SEM_UNDO), op(id, 1, 7, SEM_UNDO);
        SAY("  child has %d %d", get(id, 0, GETVAL), get(id, 1, GETVAL));
        _exit(0);
    }
    reap();
    SAY("  after it %d %d", get(id, 0, GETVAL), get(id, 1, GETVAL));
    if (fork() == 0) {
        pthread_t t;
        pthread_create(&t, NULL, threadly, &id);
        pthread_join(t, NULL);
        SAY("  after the thread %d", get(id, 0, GETVAL));
        _exit(0);
    }
    reap();
    SAY("  after its process %d", get(id, 0, GETVAL));
    if (fork() == 0) {
        op(id, 0, -4, SEM_UNDO);
        semctl(id, 0, SETVAL, (union semun){.val = 2});
        _exit(0);
    }
    reap();
    SAY("  set meanwhile %d", get(id, 0, GETVAL));
    if (fork() == 0) {
        op(id, 0, 1, SEM_UNDO);
        _exit(op(id, 1, -100, 0) == -1 ? errno : 0);
    }
    nap(20);
    struct sigaction sa = {.sa_handler = none, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &sa, NULL);
    ualarm(20000, 0);
    T(op(id, 1, -100, 0));
    T(get(id, 1, GETNCNT));
    T(semctl(id, 0, IPC_STAT, (union semun){.buf = &ds}));
    SAY("  nsems %ld mode %o otime %d", (long)ds.sem_nsems, ds.sem_perm.mode, ds.sem_otime != 0);
    T(semctl(id, 0, IPC_RMID));
    SAY("  removed: %d", reap() == EIDRM);
    T(op(id, 0, 1, 0));
    struct seminfo info;
    T(semctl(0, 0, IPC_INFO, (union semun){.info = &info}) >= 0);
    SAY("  %d %d %d %d %d %d %d %d %d %d", info.semmap, info.semmni, info.semmns, info.semmnu, info.semmsl, info.semopm,
        info.semume, info.semusz, info.semvmx, info.semaem);
}

struct message {
    long type;
    char text[64];
};
static int put(int id, long type, const char *text, int flags)
{
    struct message m = {type};
    strcpy(m.text, text);
    return msgsnd(id, &m, strlen(text), flags);
}
static struct message one = {1};
static void take(int id, long size, long type, int flags)
{
    struct message m = {0};
    long n = msgrcv(id, &m, size, type, flags);
    SAY("  take %ld %x: %ld type %ld %s", type, flags, ret(n), n < 0 ? 0 : m.type, n < 0 ? "" : m.text);
}

static void msg(void)
{
    SAY("-- msg");
    struct msqid_ds ds;
    T(msgget(KEY, 0));
    int id = msgget(KEY, IPC_CREAT | 0600);
    T(put(id, 0, "x", 0));
    T(put(id, -5, "x", 0));
    T(msgsnd(id, NULL, 1, 0));
    T(msgsnd(id, &ds, 8193, 0));
    T(msgsnd(id, &one, -1, 0));
    put(id, 3, "three", 0), put(id, 1, "one", 0), put(id, 2, "two", 0), put(id, 3, "again", 0), put(id, 1, "", 0);
    T(msgctl(id, IPC_STAT, &ds));
    SAY("  %lu messages, %lu bytes, of %lu", (long)ds.msg_qnum, ds.__msg_cbytes, (long)ds.msg_qbytes);
    take(id, 64, 9, IPC_NOWAIT);
    take(id, 2, 3, 0);
    take(id, 64, 2, MSG_COPY | IPC_NOWAIT);
    take(id, 64, 20, MSG_COPY | IPC_NOWAIT);
    take(id, 64, 0, MSG_COPY);
    take(id, 64, 0, MSG_COPY | MSG_EXCEPT | IPC_NOWAIT);
    take(id, 64, -2, 0);
    take(id, 2, -2, MSG_NOERROR);
    take(id, 64, 3, MSG_EXCEPT);
    take(id, 64, 0, 0);
    take(id, 64, 0, 0);
    take(id, 64, 0, IPC_NOWAIT);
    if (fork() == 0) {
        take(id, 64, 5, 0);
        take(id, 2, 6, 0);
        _exit(0);
    }
    nap(20);
    put(id, 4, "not for it", 0), put(id, 5, "for it", 0);
    nap(20);
    put(id, 6, "too long", 0);
    reap();
    take(id, 64, 6, 0);
    take(id, 64, 0, 0);
    int full = 0;
    char big[4096] = {1};
    while (msgsnd(id, big, 4000, IPC_NOWAIT) == 0)
        full++;
    SAY("  full after %d: %d", full, errno);
    if (fork() == 0) {
        SAY("  waited to send: %d", put(id, 7, "late", 0));
        _exit(0);
    }
    nap(20);
    if (fork() == 0)
        _exit(msgsnd(id, big, 4000, 0) == -1 ? errno : 0);
    nap(20);
    msgrcv(id, big, 4000, 0, 0);
    nap(20);
    T(msgctl(id, IPC_STAT, &ds));
    SAY("  %lu messages", (long)ds.msg_qnum);
    T(msgctl(id, IPC_RMID, NULL));
    int a = reap(), b = reap();
    SAY("  %d", a + b == EIDRM);
    T(msgctl(id, IPC_STAT, &ds));
    T(put(id, 1, "x", 0));
    id = msgget(IPC_PRIVATE, 0600);
    msgctl(id, IPC_STAT, &ds);
    ds.msg_qbytes = 10;
    T(msgctl(id, IPC_SET, &ds));
    T(put(id, 1, "0123456789", 0));
    T(put(id, 1, "", IPC_NOWAIT));
    T(put(id, 1, "x", IPC_NOWAIT));
    T(msgctl(id, IPC_RMID, NULL));
}

int main(void)
{
    shm();
    sem();
    msg();
    return 0;
}
