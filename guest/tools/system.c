/* Tools about the machine: date uname hostname id free clear tty stty. */
#include "tools.h"

static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static void put_date_part(char c, i64 seconds, long ns, const char *d)
{
    int day = (int)(((seconds / 86400) + 4) % 7), month = (int)strtol(d + 5, NULL, 10) - 1;
    switch (c) {
    case 's': out("%ld", seconds); break;
    case 'N': out("%09ld", ns); break;
    case 'Y': out("%.4s", d); break;
    case 'm': out("%.2s", d + 5); break;
    case 'd': out("%.2s", d + 8); break;
    case 'H': out("%.2s", d + 11); break;
    case 'M': out("%.2s", d + 14); break;
    case 'S': out("%.2s", d + 17); break;
    case 'F': out("%.10s", d); break;
    case 'T': out("%.8s", d + 11); break;
    case 'a': out("%.3s", days + day * 3); break;
    case 'b': out("%.3s", months + month * 3); break;
    case 'Z': out("UTC"); break;
    default: out_char(c);
    }
}

/* date [-u] [+FORMAT]; the zone is always UTC */
int date_main(int argc, char **argv)
{
    char d[20];
    long now = now_ns(CLOCK_REALTIME);
    const char *f = argc > 1 && *argv[argc - 1] == '+' ? argv[argc - 1] + 1 : "%a %b %d %T %Z %Y";
    date_text(now / 1000000000, d);
    for (; *f; f++) {
        if (*f == '%' && f[1])
            put_date_part(*++f, now / 1000000000, now % 1000000000, d);
        else
            out_char(*f);
    }
    out_char('\n');
    return 0;
}

/* uname [-a] [-s] [-n] [-r] [-v] [-m] */
int uname_main(int argc, char **argv)
{
    static const char letters[] = "snrvm";
    u64 options;
    struct utsname u;
    bool first = true;
    if (read_options(argc, argv, "asnrvm", &options) < 0)
        return 1;
    syscall(SYS_uname, &u);
    const char *parts[] = {u.sysname, u.nodename, u.release, u.version, u.machine};
    if (!options)
        options = OPTION('s');
    for (int i = 0; i < 5; i++)
        if (options & (OPTION('a') | OPTION(letters[i]))) {
            out(first ? "%s" : " %s", parts[i]);
            first = false;
        }
    out_char('\n');
    return 0;
}

/* hostname [NAME] */
int hostname_main(int argc, char **argv)
{
    struct utsname u;
    if (argc > 1) {
        int e = syscall(SYS_sethostname, argv[1], strlen(argv[1]));
        return e < 0 ? fail("hostname", argv[1], e) : 0;
    }
    syscall(SYS_uname, &u);
    out("%s\n", u.nodename);
    return 0;
}

int id_main(int argc, char **argv)
{
    long uid = syscall(SYS_getuid), gid = syscall(SYS_getgid), euid = syscall(SYS_geteuid);
    u64 options;
    if (read_options(argc, argv, "ug", &options) < 0)
        return 1;
    if (options)
        out("%ld\n", options & OPTION('u') ? euid : gid);
    else
        out("uid=%ld%s gid=%ld%s\n", uid, uid ? "" : "(root)", gid, gid ? "" : "(root)");
    return 0;
}

int free_main(int argc, char **argv)
{
    struct sysinfo s;
    syscall(SYS_sysinfo, &s);
    u64 unit = s.unit ? s.unit : 1, total = s.totalram * unit / 1024, available = s.freeram * unit / 1024;
    out("%-6s %11s %11s %11s\n", "", "total", "used", "free");
    out("%-6s %11lu %11lu %11lu\n", "Mem:", total, total - available, available);
    out("%-6s %11lu %11lu %11lu\n", "Swap:", s.totalswap * unit / 1024, (s.totalswap - s.freeswap) * unit / 1024,
        s.freeswap * unit / 1024);
    return 0;
}

int clear_main(int argc, char **argv)
{
    out("\033[H\033[2J");
    return 0;
}

int tty_main(int argc, char **argv)
{
    char name[256];
    long n = isatty(0) ? syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/fd/0", name, sizeof name) : 0;
    out("%.*s\n", n > 0 ? (int)n : 9, n > 0 ? name : "not a tty");
    return n <= 0;
}

static const struct {
    const char *name;
    u8 word; /* 0 input, 1 output, 3 local */
    u32 bit;
} modes[] = {
    {"brkint", 0, BRKINT}, {"icrnl", 0, ICRNL}, {"ixon", 0, IXON}, {"opost", 1, OPOST}, {"onlcr", 1, ONLCR},
    {"isig", 3, ISIG}, {"icanon", 3, ICANON}, {"echo", 3, ECHO}, {"echoe", 3, ECHOE}, {"echok", 3, ECHOK},
    {"noflsh", 3, NOFLSH}, {"tostop", 3, TOSTOP}, {"iexten", 3, IEXTEN}, {"echoctl", 3, ECHOCTL}, {"echoke", 3, ECHOKE},
};

static int change_modes(int argc, char **argv, struct termios *t)
{
    u32 *words = &t->iflag;
    for (int a = 1; a < argc; a++) {
        bool off = *argv[a] == '-', known = false;
        for (int i = 0; i < LENGTH(modes); i++)
            if (!strcmp(argv[a] + off, modes[i].name)) {
                u32 *word = &words[modes[i].word];
                *word = off ? *word & ~modes[i].bit : *word | modes[i].bit;
                known = true;
            }
        if (!known)
            return fail("stty", argv[a], EINVAL);
    }
    int e = syscall(SYS_ioctl, 0, TCSETS, t);
    return e < 0 ? fail("stty", "standard input", e) : 0;
}

/* stty [-a], or modes such as echo and -echo */
int stty_main(int argc, char **argv)
{
    static const struct { const char *name; int at; } keys[] = {
        {"intr", VINTR}, {"quit", VQUIT}, {"erase", VERASE}, {"kill", VKILL}, {"eof", VEOF}, {"susp", VSUSP}};
    struct termios t;
    struct winsize w = {0};
    int e = syscall(SYS_ioctl, 0, TCGETS, &t);
    if (e < 0)
        return fail("stty", "standard input", e);
    if (argc > 1 && strcmp(argv[1], "-a"))
        return change_modes(argc, argv, &t);
    syscall(SYS_ioctl, 0, TIOCGWINSZ, &w);
    out("rows %d; columns %d;", w.rows, w.cols);
    for (int i = 0; i < LENGTH(keys); i++) {
        u8 c = t.cc[keys[i].at];
        out(c < 32 || c == 127 ? " %s = ^%c;" : " %s = %c;", keys[i].name, c < 32 || c == 127 ? c ^ 64 : c);
    }
    out_char('\n');
    for (int i = 0; i < LENGTH(modes); i++)
        out("%s%s%s", i ? " " : "", (&t.iflag)[modes[i].word] & modes[i].bit ? "" : "-", modes[i].name);
    out_char('\n');
    return 0;
}
