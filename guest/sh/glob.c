/* Patterns: * ? [set], for file names and for case. */
#include "sh.h"

static const char *match_set(const char *p, char c, bool *hit)
{
    bool not = *p == '!' || *p == '^';
    const char *first = p += not;
    for (*hit = false; *p && (*p != ']' || p == first); p++) {
        char low = *p == CTLESC ? *++p : *p, high = low;
        if (p[1] == '-' && p[2] && p[2] != ']')
            high = *(p += 2);
        *hit |= c >= low && c <= high;
    }
    *hit ^= not;
    return *p == ']' ? p + 1 : NULL;
}

bool match(const char *p, const char *s)
{
    for (; *p; s++) {
        bool hit;
        const char *after;
        if (*p == '*') {
            for (p++;; s++) {
                if (match(p, s))
                    return true;
                if (!*s)
                    return false;
            }
        }
        if (!*s)
            return false;
        if (*p == '[' && (after = match_set(p + 1, *s, &hit))) {
            if (!hit)
                return false;
            p = after;
        } else if (*p == '?')
            p++;
        else {
            if (*p == CTLESC)
                p++;
            if (*p++ != *s)
                return false;
        }
    }
    return !*s;
}

static bool has_pattern(const char *s)
{
    for (; *s; s++) {
        if (*s == CTLESC && s[1])
            s++;
        else if (strchr("*?[", *s))
            return true;
    }
    return false;
}

static void add_field(struct fields *f, const char *text)
{
    f->open = true;
    add_text(&f->field, text);
    end_field(f);
}

/* prefix is a real path ("" or ending in /), pattern what is still to match below it. */
static int matches_below(struct fields *f, const char *prefix, const char *pattern)
{
    const char *slash = strchr(pattern, '/');
    char *part = take_text(pattern, slash ? (size_t)(slash - pattern) : strlen(pattern));
    struct stat st;
    char path[1024];
    if (!has_pattern(part)) {
        snprintf(path, sizeof path, "%s%s%s", prefix, remove_escapes(part), slash ? "/" : "");
        if (slash)
            return matches_below(f, path, slash + 1);
        if (lstat(path, &st) < 0)
            return 0;
        add_field(f, path);
        return 1;
    }
    int count, found = 0;
    char **names = list_dir(*prefix ? prefix : ".", &count);
    for (char **n = names; n && *n; n++) {
        if ((**n == '.' && *part != '.') || !match(part, *n))
            continue;
        snprintf(path, sizeof path, "%s%s%s", prefix, *n, slash ? "/" : "");
        if (slash)
            found += is_dir(path) ? matches_below(f, path, slash + 1) : 0;
        else {
            add_field(f, path);
            found++;
        }
    }
    free_list(names);
    return found;
}

/* The files a field stands for, or the field itself when there is none. */
void add_matches(struct fields *f, char *pattern)
{
    if (!has_pattern(pattern) || !matches_below(f, "", pattern))
        add_field(f, remove_escapes(pattern));
}
