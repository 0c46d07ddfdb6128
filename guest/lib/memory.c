/* malloc on brk: blocks of 2^n bytes, a list of free ones for each n. */
#include "tiny.h"

#define SMALLEST 5 /* 32 bytes, 16 of them the header */

struct block {
    u64 order;
    struct block *next; /* while free */
};
static struct block *free_blocks[48];
static char *top, *limit;
static int heap_lock;

static void *grow(size_t size)
{
    if (!top)
        top = limit = (char *)((syscall(SYS_brk, 0) + 15) & ~15ul);
    if ((size_t)(limit - top) < size) {
        size_t more = (size + 0xffff) & ~0xfffful;
        if ((char *)syscall(SYS_brk, limit + more) < limit + more)
            return NULL;
        limit += more;
    }
    top += size;
    return top - size;
}

void *malloc(size_t size)
{
    u64 order = SMALLEST;
    while ((1ul << order) < size + 16)
        if (++order >= LENGTH(free_blocks))
            return NULL;
    lock(&heap_lock);
    struct block *b = free_blocks[order];
    if (b)
        free_blocks[order] = b->next;
    else
        b = grow(1ul << order);
    unlock(&heap_lock);
    if (!b)
        return NULL;
    b->order = order;
    return (char *)b + 16;
}

void free(void *block)
{
    if (!block)
        return;
    struct block *b = (struct block *)((char *)block - 16);
    lock(&heap_lock);
    b->next = free_blocks[b->order];
    free_blocks[b->order] = b;
    unlock(&heap_lock);
}

void *calloc(size_t count, size_t size)
{
    void *p = malloc(count * size);
    return p ? memset(p, 0, count * size) : NULL;
}

void *realloc(void *old, size_t size)
{
    if (!old)
        return malloc(size);
    size_t room = (1ul << ((struct block *)((char *)old - 16))->order) - 16;
    if (size <= room)
        return old;
    void *p = malloc(size);
    if (p) {
        memcpy(p, old, room);
        free(old);
    }
    return p;
}

char *strndup(const char *s, size_t n)
{
    char *copy = malloc(n + 1);
    memcpy(copy, s, n);
    copy[n] = 0;
    return copy;
}

char *strdup(const char *s)
{
    return strndup(s, strlen(s));
}

void *mmap(void *at, size_t size, int prot, int flags, int fd, long offset)
{
    return (void *)syscall(SYS_mmap, at, size, prot, flags, fd, offset);
}

/* An address that is in truth -errno. */
bool is_error(const void *address)
{
    return (u64)address > -4096ul;
}
