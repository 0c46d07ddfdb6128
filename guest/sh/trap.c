/* Signals to the shell itself: Ctrl-C at the prompt, and trap. */
#include "sh.h"

volatile int interrupted;
static char *traps[NSIG + 1];
static volatile u64 arrived;
static bool own_signals; /* an interactive shell keeps some from itself */

static void on_arrival(int signo, struct siginfo *info, void *context)
{
    arrived |= 1ul << (signo & 63);
    if (signo == SIGINT && !traps[SIGINT])
        interrupted = 1;
}

/* Without SA_RESTART, so that a read of the next line ends. */
void catch_interrupt(void)
{
    own_signals = true;
    on_signal(SIGINT, on_arrival, 0);
    on_signal(SIGQUIT, SIG_IGN, 0);
    on_signal(SIGTERM, SIG_IGN, 0);
}

/* In a child handlers go; what a script ignores stays ignored, what the shell ignored for itself does not. */
void reset_traps(void)
{
    static const int own[] = {SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
    for (int s = 1; s <= NSIG; s++)
        if (traps[s] && *traps[s]) {
            on_signal(s, SIG_DFL, 0);
            traps[s] = NULL;
        }
    traps[0] = NULL;
    for (int i = 0; own_signals && i < LENGTH(own); i++)
        if (!traps[own[i]])
            on_signal(own[i], SIG_DFL, 0);
    own_signals = false;
}

static int list_traps(void)
{
    for (int s = 0; s <= NSIG; s++)
        if (traps[s])
            out("trap -- '%s' %s\n", traps[s], s ? signal_name(s) : "EXIT");
    return 0;
}

/* trap 'command' SIGNAL…, trap '' SIGNAL… to ignore, trap - SIGNAL… for the default. */
int trap_command(int argc, char **argv)
{
    if (argc < 3)
        return list_traps();
    for (int i = 2; i < argc; i++) {
        int s = !strcmp(argv[i], "EXIT") ? 0 : signal_number(argv[i]);
        if (s < 0) {
            dprintf(2, "trap: %s: no such signal\n", argv[i]);
            return 1;
        }
        bool standard = !strcmp(argv[1], "-");
        traps[s] = standard ? NULL : strdup(argv[1]);
        if (s)
            on_signal(s, standard ? SIG_DFL : *argv[1] ? on_arrival : SIG_IGN, 0);
    }
    if (interactive)
        catch_interrupt();
    return 0;
}

void run_traps(void)
{
    while (arrived) {
        int s = __builtin_ctzl(arrived);
        __atomic_fetch_and(&arrived, ~(1ul << s), __ATOMIC_RELAXED);
        if (traps[s] && *traps[s]) {
            int status = last_status;
            run_source(traps[s]);
            last_status = status;
        }
    }
}

void run_exit_trap(void)
{
    char *command = traps[0];
    traps[0] = NULL;
    if (command)
        run_source(command);
    out_flush();
}
