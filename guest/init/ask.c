/* poweroff, halt, reboot and shutdown: ask init to end the system; with -f the machine ends at once. */
#include "init.h"

/* Has the first process a handler for the signal, as init has? Another one would not notice. */
static bool is_served(int signo)
{
    char *text = read_file("/proc/1/status", NULL), *at = text ? strstr(text, "\nSigCgt:\t") : NULL;
    long low = at ? strtol(at + 9 + 8, NULL, 16) : 0; /* of sixteen digits the last eight */
    free(text);
    return low & BIT(signo);
}

static int end_now(const char *name, u32 command)
{
    syscall(SYS_sync);
    int error = syscall(SYS_reboot, RB_MAGIC1, RB_MAGIC2, command, NULL);
    return error < 0 ? fail(name, "reboot", error) : 0;
}

static int ask(const char *name, int signo, u32 command, bool is_forced)
{
    if (is_forced || !is_served(signo))
        return end_now(name, command);
    int error = kill(1, signo);
    return error < 0 ? fail(name, "init", error) : 0;
}

static bool has_option(int argc, char **argv, const char *text)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], text))
            return true;
    return false;
}

static bool is_forced(int argc, char **argv)
{
    return has_option(argc, argv, "-f") || has_option(argc, argv, "--force");
}

int poweroff_main(int argc, char **argv)
{
    return ask("poweroff", POWEROFF_SIGNAL, RB_POWER_OFF, is_forced(argc, argv));
}

int halt_main(int argc, char **argv)
{
    if (has_option(argc, argv, "-p"))
        return poweroff_main(argc, argv);
    return ask("halt", HALT_SIGNAL, RB_HALT_SYSTEM, is_forced(argc, argv));
}

int reboot_main(int argc, char **argv)
{
    return ask("reboot", REBOOT_SIGNAL, RB_AUTOBOOT, is_forced(argc, argv));
}

/* shutdown [-h|-P|-H|-r] [now|+MINUTES] */
int shutdown_main(int argc, char **argv)
{
    long minutes = 0;
    for (int i = 1; i < argc; i++)
        if (*argv[i] != '-' && strcmp(argv[i], "now") && !to_number(argv[i] + (*argv[i] == '+'), &minutes)) {
            dprintf(2, "shutdown: %s: not a time; now, or +5 for five minutes from now\n", argv[i]);
            return 1;
        }
    if (minutes > 0)
        sleep_ns(minutes * 60000000000l);
    if (has_option(argc, argv, "-r"))
        return reboot_main(1, argv);
    return has_option(argc, argv, "-H") ? halt_main(1, argv) : poweroff_main(1, argv);
}
