/* What the kernels use of the library, on a bare 32-bit machine where "long" must have 64 bits as elsewhere. */
int printf(const char *format, unsigned long long value);
void *memcpy(void *to, const void *from, __SIZE_TYPE__ size);
void *memset(void *to, int byte, __SIZE_TYPE__ size);
typedef unsigned int uint32_t;
#define long long long
