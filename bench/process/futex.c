/* N times two threads wake each other by futexes. */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int there, back;
static long n;

static void await(atomic_int *word) {
  while (!atomic_exchange(word, 0)) syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

static void wake(atomic_int *word) {
  atomic_store(word, 1);
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *answer(void *unused) {
  for (long i = 0; i < n; i++) {
    await(&there);
    wake(&back);
  }
  return unused;
}

int main(int argc, char **argv) {
  pthread_t thread;
  long done = 0;
  n = argc > 1 ? atol(argv[1]) : 0;
  if (pthread_create(&thread, NULL, answer, NULL)) return 1;
  for (; done < n; done++) {
    wake(&there);
    await(&back);
  }
  pthread_join(thread, NULL);
  printf("%ld\n", done);
  return 0;
}
