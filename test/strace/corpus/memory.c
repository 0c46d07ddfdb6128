/* Mappings. */
#include "corpus.h"
#include <sys/mman.h>

PROGRAM(memory)
{
    static unsigned char in[16];
    begin();
    long f = S(memfd_create, "m", Z);
    S(ftruncate, f, 16384L);
    char *a = (char *)S(mmap, Z, 16384L, (long)(PROT_READ | PROT_WRITE), (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, Z);
    S(mmap, Z, 4096L, (long)PROT_NONE, (long)(MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE), -1L, Z);
    S(mmap, Z, 8192L, (long)(PROT_READ | PROT_EXEC), (long)MAP_SHARED, f, 4096L);
    S(mmap, Z, 8192L, (long)PROT_READ, (long)MAP_PRIVATE, 99L, Z);
    S(mmap, Z, Z, (long)PROT_READ, (long)MAP_PRIVATE, f, Z);
    S(mmap, a, 4096L, (long)PROT_READ, (long)(MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_POPULATE | MAP_STACK), -1L, Z);
    S(mmap, a, 4096L, (long)PROT_READ, (long)(MAP_PRIVATE | MAP_FIXED_NOREPLACE | MAP_ANONYMOUS), -1L, Z);
    S(mmap, Z, 4096L, (long)PROT_READ, (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_GROWSDOWN), -1L, Z);
    S(mmap, Z, 4096L, 0x1000007L, 0L, -1L, Z);
    S(mprotect, a, 4096L, (long)(PROT_READ | PROT_WRITE | PROT_EXEC));
    S(mprotect, a + 1, 4096L, (long)PROT_NONE);
    S(madvise, a, 4096L, (long)MADV_DONTNEED);
    S(madvise, a, 4096L, (long)MADV_HUGEPAGE);
    S(madvise, a, 4096L, (long)MADV_FREE);
    S(madvise, a, 4096L, 999L);
    S(msync, a, 4096L, (long)(MS_SYNC | MS_INVALIDATE));
    S(msync, a, 4096L, (long)MS_ASYNC);
    S(mincore, a, 8192L, in);
    S(mincore, a + 1, 8192L, in);
    S(mlock, a, 4096L);
    S(mlock2, a, 4096L, (long)MLOCK_ONFAULT);
    S(munlock, a, 4096L);
    S(mlockall, (long)(MCL_CURRENT | MCL_FUTURE));
    S(munlockall);
    S(mremap, a + 8192, 4096L, 8192L, (long)MREMAP_MAYMOVE);
    S(mremap, a, 4096L, 8192L, Z);
    S(mremap, a, 4096L, 4096L, (long)(MREMAP_MAYMOVE | MREMAP_FIXED), a + 4096);
    S(munmap, a, 16384L);
    S(munmap, 1L, 16384L);
    S(brk, Z);
    S(membarrier, Z, Z, Z);
    S(membarrier, 99L, Z, Z);
    S(munmap, Z, Z);
    return 0;
}
