/* A C library at work: floating point in text, big allocations, sorting, files, time. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void numbers(void)
{
    printf("%.10f %e %g %a\n", 3.14159265358979, 6.02e23, 0.1 + 0.2, 1.0 / 3);
    printf("%.3f %.3f %.3f\n", sqrt(2), fma(2, 3, 1), floor(-2.5));
    printf("%g %g %g\n", strtod("1e-310", NULL), strtod("inf", NULL), nan(""));
    printf("%Lg\n", 1.0L / 3);
}

static void heap(void)
{
    unsigned sum = 0, seed = 1;
    char *blocks[200];
    for (int i = 0; i < 200; i++) {
        seed = seed * 1103515245 + 12345;
        size_t n = 1 + seed % 20000;
        blocks[i] = malloc(n);
        memset(blocks[i], i, n);
    }
    for (int i = 0; i < 200; i += 2)
        free(blocks[i]);
    for (int i = 1; i < 200; i += 2) {
        sum += (unsigned char)blocks[i][0];
        free(blocks[i]);
    }
    char *big = malloc(8 << 20);
    big[(8 << 20) - 1] = 1;
    big = realloc(big, 16 << 20);
    printf("heap: %u, big %d\n", sum, big[(8 << 20) - 1]);
    free(big);
}

static void files(void)
{
    FILE *f = fopen("data.txt", "w+");
    for (int i = 0; i < 1000; i++)
        fprintf(f, "%d\n", i * 7919 % 1000);
    rewind(f);
    int values[1000], n = 0;
    while (n < 1000 && fscanf(f, "%d", &values[n]) == 1)
        n++;
    qsort(values, n, sizeof *values, compare);
    printf("files: %d values, %d to %d, position %ld\n", n, values[0], values[n - 1], ftell(f));
    fclose(f);
    struct stat st;
    stat("data.txt", &st);
    printf("size %ld\n", (long)st.st_size);
    mkdir("folder", 0755);
    rename("data.txt", "folder/renamed.txt");
    DIR *d = opendir("folder");
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            printf("entry %s, regular %d\n", e->d_name, e->d_type == DT_REG);
    closedir(d);
    unlink("folder/renamed.txt");
    rmdir("folder");
    char *name = strdup("fileXXXXXX");
    int fd = mkstemp(name);
    printf("mkstemp %d\n", fd >= 0);
    unlink(name);
}

int main(void)
{
    time_t day = 86400 * 365;
    char text[64];
    numbers();
    heap();
    files();
    strftime(text, sizeof text, "%Y-%m-%d %H:%M", gmtime(&day));
    printf("time %s\n", text);
    printf("cpus %d, page %ld\n", sysconf(_SC_NPROCESSORS_ONLN) > 0, sysconf(_SC_PAGESIZE));
    return 0;
}
