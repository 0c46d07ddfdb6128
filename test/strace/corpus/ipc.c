/* System V IPC and POSIX message queues. */
#include "corpus.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

PROGRAM(ipc)
{
    static struct { long type; char text[64]; } m = { 1, "message" };
    static struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 32 }, was;
    struct timespec zero = { 0, 0 };
    static char buf[64];
    static unsigned prio;
    begin();
    long q = S(msgget, (long)IPC_PRIVATE, (long)(IPC_CREAT | 0600));
    S(msgget, 0x7654321L, 0600L);
    S(msgget, 0x7654321L, (long)(IPC_EXCL | 0600));
    S(msgsnd, q, &m, 7L, Z);
    S(msgsnd, q, &m, 7L, (long)IPC_NOWAIT);
    S(msgrcv, q, &m, 64L, Z, Z);
    S(msgrcv, q, &m, 64L, -3L, (long)(IPC_NOWAIT | MSG_NOERROR));
    S(msgrcv, q, &m, 64L, 5L, (long)IPC_NOWAIT);
    S(msgctl, q, (long)IPC_RMID, Z);
    S(msgctl, q, (long)IPC_STAT, buf);
    long s = S(semget, (long)IPC_PRIVATE, 2L, (long)(IPC_CREAT | 0600));
    struct sembuf ops[2] = { { 0, 1, 0 }, { 1, 2, SEM_UNDO } };
    S(semop, s, ops, 2L);
    ops[0].sem_op = -5; ops[0].sem_flg = IPC_NOWAIT;
    S(semop, s, ops, 1L);
    ops[0].sem_flg = 0;
    S(semtimedop, s, ops, 1L, &zero);
    S(semctl, s, Z, (long)SETVAL, 5L);
    S(semctl, s, Z, (long)GETVAL, Z);
    S(semctl, s, 1L, (long)GETPID, Z);
    S(semctl, s, Z, (long)GETALL, buf);
    S(semctl, s, Z, (long)IPC_RMID, Z);
    S(semctl, s, Z, 99L, Z);
    S(semop, s, ops, 1L);
    S(semop, s, BAD, 1L);
    long h = S(shmget, (long)IPC_PRIVATE, 8192L, (long)(IPC_CREAT | 0600));
    long at = S(shmat, h, Z, (long)SHM_RDONLY);
    S(shmat, h, Z, Z);
    S(shmdt, at);
    S(shmdt, 1L);
    S(shmctl, h, (long)IPC_RMID, Z);
    S(shmctl, 99999L, (long)IPC_STAT, buf);
    S(shmget, 0x7654321L, 4096L, Z);
    long d = S(mq_open, "corpus", (long)(O_RDWR | O_CREAT | O_NONBLOCK), 0600L, &attr);
    S(mq_open, "missing", (long)O_RDONLY, Z, Z);
    S(mq_timedsend, d, "hello", 5L, 3L, Z);
    S(mq_timedsend, d, buf, 50L, 3L, &zero);
    S(mq_getsetattr, d, Z, &was);
    S(mq_getsetattr, d, &attr, &was);
    S(mq_timedreceive, d, buf, 32L, &prio, &zero);
    attr.mq_flags = O_NONBLOCK;
    S(mq_getsetattr, d, &attr, Z);
    S(mq_timedreceive, d, buf, 32L, &prio, Z);
    S(mq_timedreceive, d, buf, 1L, Z, Z);
    struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    S(mq_notify, d, &ev);
    S(mq_notify, d, Z);
    S(mq_unlink, "corpus");
    S(mq_unlink, "corpus");
    return 0;
}
