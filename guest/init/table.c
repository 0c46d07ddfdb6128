/* /etc/inittab: what init starts. Lines are id:runlevels:action:process (man 5 inittab of sysvinit and busybox). */
#include "init.h"

static const struct {
    const char *name;
    enum action action;
} actions[] = {
    {"sysinit", SYSINIT}, {"boot", SYSINIT}, {"bootwait", SYSINIT}, {"wait", WAIT},
    {"once", ONCE}, {"respawn", RESPAWN}, {"askfirst", RESPAWN}, {"shutdown", SHUTDOWN},
};

static void add(struct table *t, const char *id, enum action action, const char *command)
{
    if (t->count == MAX_ENTRIES) {
        say("/etc/inittab: more than %d lines, the rest is left out", MAX_ENTRIES);
        return;
    }
    struct entry *e = &t->entries[t->count++];
    memset(e, 0, sizeof *e);
    e->action = action;
    snprintf(e->id, sizeof e->id, "%s", id);
    e->command = strdup(command);
}

/* Cuts the line at its next colon; the rest after the third is the command, whatever it holds. */
static char *next_field(char **line)
{
    char *field = *line, *colon = strchr(field, ':');
    if (colon)
        *colon = 0;
    *line = colon ? colon + 1 : NULL;
    return field;
}

/* Runlevels are read over: there is one, that of a running system. */
static void add_line(struct table *t, char *line, int number)
{
    while (isspace(*line))
        line++;
    if (!*line || *line == '#')
        return;
    char *rest = line, *fields[3];
    for (int i = 0; i < 3; i++) {
        fields[i] = rest ? next_field(&rest) : NULL;
        if (!rest) {
            say("/etc/inittab, line %d: not id:runlevels:action:process", number);
            return;
        }
    }
    for (int i = 0; i < LENGTH(actions); i++)
        if (!strcmp(actions[i].name, fields[2])) {
            add(t, fields[0], actions[i].action, rest);
            return;
        }
    if (strcmp(fields[2], "off") && strcmp(fields[2], "initdefault") && strcmp(fields[2], "ctrlaltdel"))
        say("/etc/inittab, line %d: init knows no action %s", number, fields[2]);
}

/* Without a table: a script if there is one, and a shell that comes again. */
static void add_defaults(struct table *t)
{
    struct stat st;
    if (stat("/etc/rc", &st) >= 0)
        add(t, "", SYSINIT, "/bin/sh /etc/rc");
    add(t, "console", RESPAWN, stat("/bin/bash", &st) >= 0 ? "-/bin/bash" : "-/bin/sh");
}

void read_table(struct table *t)
{
    struct reader r;
    int fd = open("/etc/inittab", O_RDONLY | O_CLOEXEC, 0), number = 0;
    t->count = 0;
    if (fd < 0) {
        add_defaults(t);
        return;
    }
    reader_init(&r, fd);
    for (char *line; (line = read_line(&r));)
        add_line(t, line, ++number);
    reader_done(&r);
    close(fd);
}
