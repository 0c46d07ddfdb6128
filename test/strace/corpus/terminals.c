/* Terminals and other devices: ioctl. */
#include "corpus.h"
#include <asm/termbits.h>
#include <asm/ioctls.h>
#include <linux/tty.h>

struct winsize { unsigned short row, col, x, y; };

PROGRAM(terminals)
{
    static struct termios t;
    struct winsize size = { 24, 80, 0, 0 };
    static char name[32];
    int n = 0, number;
    begin();
    long p = S(openat, -100L, "/dev/null", (long)O_RDWR);
    S(ioctl, p, (long)TCGETS, &t);
    S(ioctl, p, (long)TIOCGWINSZ, &size);
    long m = S(openat, -100L, "/dev/ptmx", (long)(O_RDWR | O_NOCTTY));
    S(ioctl, m, (long)TIOCGPTN, &number);
    S(ioctl, m, (long)TIOCSPTLCK, &n);
    S(ioctl, m, (long)TIOCSWINSZ, &size);
    S(ioctl, m, (long)TIOCGWINSZ, &size);
    S(ioctl, m, (long)TCGETS, &t);
    t.c_lflag &= ~ECHO;
    S(ioctl, m, (long)TCSETS, &t);
    S(ioctl, m, (long)TCSETSW, &t);
    S(ioctl, m, (long)TCSETSF, &t);
    S(ioctl, m, (long)FIONREAD, &n);
    S(ioctl, m, (long)FIONBIO, &n);
    S(ioctl, m, (long)FIOCLEX);
    S(ioctl, m, (long)FIONCLEX);
    S(ioctl, m, (long)TIOCGPGRP, &n);
    S(ioctl, m, (long)TIOCGSID, &n);
    S(ioctl, m, (long)TCFLSH, (long)2);
    S(ioctl, m, (long)TCXONC, (long)1);
    S(ioctl, m, (long)TIOCOUTQ, &n);
    S(ioctl, p, (long)TIOCNOTTY);
    S(ioctl, m, 0x12345678L, &n);
    S(ioctl, 99L, (long)TCGETS, &t);
    S(ioctl, m, (long)TCGETS, BAD);
    return 0;
}
