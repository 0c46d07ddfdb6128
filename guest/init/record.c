/* /run/utmp, where who is logged in stands now, and /var/log/wtmp, where it stood. man 5 utmp */
#include "init.h"

struct utmp {
    short type;
    int pid;
    char line[32], id[4], user[32], host[256];
    short termination, exit;
    int session, seconds, microseconds, address[4];
    char unused[20];
};
_Static_assert(sizeof(struct utmp) == 384, "as the C library has it");

static const char now_path[] = "/run/utmp", ever_path[] = "/var/log/wtmp";

/* Of the group utmp, whose programs may write there. */
static int group_of_records(void)
{
    char *text = read_file("/etc/group", NULL), *at = text && starts_with(text, "utmp:") ? text : NULL;
    if (!at && text && (at = strstr(text, "\nutmp:")))
        at++;
    char *number = at ? strchr(at + 5, ':') : NULL;
    int group = number ? (int)strtol(number + 1, NULL, 10) : 0;
    free(text);
    return group;
}

void make_records(void)
{
    int fd = open(now_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0664);
    if (fd < 0)
        return;
    syscall(SYS_fchmod, fd, 0664);
    syscall(SYS_fchown, fd, 0, group_of_records());
    close(fd);
}

/* The record of the process, or else of the id, is written over; another one is added. */
static i64 place_of(int fd, const struct utmp *wanted)
{
    struct utmp u;
    i64 place = 0, same_id = -1;
    for (; read(fd, &u, sizeof u) == sizeof u; place += sizeof u) {
        if (wanted->pid && u.pid == wanted->pid)
            return place;
        if (same_id < 0 && u.type >= INIT_PROCESS && !memcmp(u.id, wanted->id, sizeof u.id))
            same_id = place;
    }
    return wanted->type >= INIT_PROCESS && same_id >= 0 ? same_id : place;
}

static void write_record(const char *path, const struct utmp *u, bool is_log)
{
    int fd = open(path, (is_log ? O_WRONLY | O_APPEND : O_RDWR) | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (!is_log)
        syscall(SYS_lseek, fd, place_of(fd, u), SEEK_SET);
    write_all(fd, u, sizeof *u);
    close(fd);
}

void record(int type, int pid, const char *id)
{
    struct utmp u = {.type = type, .pid = pid, .session = pid};
    long now = now_ns(CLOCK_REALTIME);
    u.seconds = now / 1000000000;
    u.microseconds = now % 1000000000 / 1000;
    if (type == BOOT_TIME || type == RUN_LVL) {
        struct utsname name;
        strcpy(u.line, "~");
        memcpy(u.id, "~~", 2);
        strcpy(u.user, type == BOOT_TIME ? "reboot" : "shutdown");
        if (syscall(SYS_uname, &name) == 0)
            strcpy(u.host, name.release);
    } else {
        size_t n = strlen(id);
        memcpy(u.line, id, n < sizeof u.line ? n : sizeof u.line);
        memcpy(u.id, id, n < sizeof u.id ? n : sizeof u.id);
    }
    write_record(now_path, &u, false);
    if (type != INIT_PROCESS)
        write_record(ever_path, &u, true);
}
