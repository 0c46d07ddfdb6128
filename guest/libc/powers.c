/* What a capability allows that no number of a user does, and the limits of the whole machine. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

static void drop(int cap)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    syscall(SYS_capget, &head, data);
    data[cap / 32].effective &= ~(1u << cap % 32);
    syscall(SYS_capset, &head, data);
}

#define APART for (int once = fork() == 0, pid = once ? 0 : (wait(NULL), 0); once; _exit(pid))

int main(void)
{
    char *at = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct rlimit none = {0, 0};
    APART {
        SAY("-- root without CAP_IPC_LOCK, and a user with it");
        setrlimit(RLIMIT_MEMLOCK, &none);
        R(mlock(at, 4096));
        drop(CAP_IPC_LOCK);
        R(mlock(at, 4096));
        R(mlockall(MCL_CURRENT));
    }
    APART {
        setrlimit(RLIMIT_MEMLOCK, &none);
        prctl(PR_SET_KEEPCAPS, 1);
        setresuid(1000, 1000, 1000);
        R(mlock(at, 4096));
        struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
        struct __user_cap_data_struct data[2];
        syscall(SYS_capget, &head, data);
        data[0].effective |= 1u << CAP_IPC_LOCK;
        R(syscall(SYS_capset, &head, data));
        R(mlock(at, 4096));
    }
    APART {
        SAY("-- a terminal of which another is the only user");
        int master, slave;
        char name[64];
        openpty(&master, &slave, name, NULL, NULL);
        R(ioctl(slave, TIOCEXCL));
        R(open(name, O_RDWR | O_NOCTTY) >= 0);
        drop(CAP_SYS_ADMIN);
        R(open(name, O_RDWR | O_NOCTTY) >= 0);
        R(ioctl(slave, TIOCNXCL));
        R(open(name, O_RDWR | O_NOCTTY) >= 0);
    }
    APART {
        SAY("-- netlink sockets talk to the kernel");
        struct { unsigned short family, pad; unsigned pid, groups; } other = {AF_NETLINK, 0, 1, 0};
        int fd = socket(AF_NETLINK, SOCK_RAW, 0);
        drop(CAP_NET_ADMIN);
        R(connect(fd, (void *)&other, sizeof other));
    }
    return 0;
}
