/* N times a thread is made and joined. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *next(void *value) { return (char *)value + 1; }

int main(int argc, char **argv) {
  long n = argc > 1 ? atol(argv[1]) : 0, sum = 0;
  for (long i = 0; i < n; i++) {
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, next, (void *)i)) return 1;
    pthread_join(thread, &result);
    sum += (long)result;
  }
  printf("%ld\n", sum);
  return 0;
}
