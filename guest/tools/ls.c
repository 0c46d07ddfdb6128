/* ls: -l long, -a all, -R below, -1 one a line (always so), -d the folder itself. */
#include "tools.h"

static bool long_form, all, below, itself, several;

const char *mode_text(u32 mode, char text[11])
{
    static const char kinds[] = "?pc?d?b?-?l?s???", bits[] = "rwxrwxrwx";
    text[0] = kinds[mode >> 12 & 15];
    for (int i = 0; i < 9; i++)
        text[i + 1] = mode & (0400 >> i) ? bits[i] : '-';
    if (mode & 01000)
        text[9] = mode & 1 ? 't' : 'T';
    text[10] = 0;
    return text;
}

/* "2024-01-31 12:34"; days to a date by Howard Hinnant's civil_from_days. */
const char *date_text(i64 seconds, char text[20])
{
    i64 days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0)
        rest += 86400, days--;
    i64 z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    i64 doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    i64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    i64 day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    i64 year = yoe + era * 400 + (month <= 2);
    snprintf(text, 20, "%04ld-%02ld-%02ld %02ld:%02ld:%02ld", year, month, day, rest / 3600, rest / 60 % 60, rest % 60);
    return text;
}

static void show(const char *path, const char *name, const struct stat *st)
{
    char mode[11], date[20], target[256];
    if (!long_form) {
        out("%s\n", name);
        return;
    }
    out("%s %2u %u %u ", mode_text(st->mode, mode), st->nlink, st->uid, st->gid);
    if ((st->mode & S_IFMT) == S_IFCHR)
        out("%3lu, %3lu", st->rdev >> 8 & 0xfff, st->rdev & 0xff);
    else
        out("%8ld", st->size);
    out(" %.16s %s", date_text(st->mtime, date), name);
    if ((st->mode & S_IFMT) == S_IFLNK) {
        long n = syscall(SYS_readlinkat, AT_FDCWD, path, target, sizeof target);
        out(" -> %.*s", n > 0 ? (int)n : 0, target);
    }
    out_char('\n');
}

static int list(const char *dir)
{
    int count, status = 0;
    struct stat st;
    char path[1024], **names = list_dir(dir, &count);
    if (!names)
        return fail("ls", dir, count);
    if (several || below)
        out("%s:\n", dir);
    for (char **n = names; *n; n++) {
        if (**n == '.' && !all)
            continue;
        path_join(path, sizeof path, dir, *n);
        int e = long_form ? lstat(path, &st) : 0;
        if (e < 0)
            status = fail("ls", path, e);
        else
            show(path, *n, &st);
    }
    for (char **n = names; below && *n; n++) {
        path_join(path, sizeof path, dir, *n);
        if ((**n == '.' && (!all || !(*n)[1] || !strcmp(*n, ".."))) || lstat(path, &st) < 0 || (st.mode & S_IFMT) != S_IFDIR)
            continue;
        out_char('\n');
        status |= list(path);
    }
    free_list(names);
    return status;
}

/* Files first, then folders. */
static int list_all(int count, char **paths)
{
    int status = 0, shown = 0;
    struct stat st;
    for (int folders = 0; folders < 2; folders++)
        for (int i = 0; i < count; i++) {
            int e = lstat(paths[i], &st);
            bool folder = !itself && e >= 0 && (long_form && (st.mode & S_IFMT) == S_IFLNK ? false : is_dir(paths[i]));
            if (e < 0 && !folders)
                status = fail("ls", paths[i], e) + 1;
            if (e < 0 || folder != folders)
                continue;
            if (folder && shown)
                out_char('\n');
            shown++;
            if (folder)
                status |= list(paths[i]);
            else
                show(paths[i], paths[i], &st);
        }
    return status;
}

int ls_main(int argc, char **argv)
{
    char *here[] = {"."};
    int i = 1;
    long_form = all = below = itself = several = false;
    for (; i < argc && *argv[i] == '-' && argv[i][1]; i++)
        for (char *o = argv[i] + 1; *o; o++) {
            long_form |= *o == 'l';
            all |= *o == 'a';
            below |= *o == 'R';
            itself |= *o == 'd';
        }
    several = argc - i > 1;
    return i < argc ? list_all(argc - i, argv + i) : list_all(1, here);
}
