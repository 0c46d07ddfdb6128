/* tiny: one program with many names. The name it is called by, or its first argument, selects. */
#include "lib/tiny.h"

#define APPLET(name, function, help) int function(int argc, char **argv);
#include "applets.h"
#undef APPLET

static const struct applet applets[] = {
#define APPLET(name, function, help) {name, function, help},
#include "applets.h"
#undef APPLET
};

const struct applet *find_applet(const char *name)
{
    for (int i = 0; i < LENGTH(applets); i++)
        if (!strcmp(applets[i].name, name))
            return &applets[i];
    return NULL;
}

static int list_applets(void)
{
    for (int i = 0; i < LENGTH(applets); i++)
        out("%-10s %s\n", applets[i].name, applets[i].help);
    return 0;
}

int main(int argc, char **argv)
{
    const struct applet *a = argc ? find_applet(base_name(argv[0])) : NULL;
    if (!a && argc > 1) {
        argc--;
        argv++;
        a = find_applet(argv[0]);
        if (!a) {
            dprintf(2, "tiny: %s: no such program; tiny alone lists them\n", argv[0]);
            return 127;
        }
    }
    return a ? a->main(argc, argv) : list_applets();
}
