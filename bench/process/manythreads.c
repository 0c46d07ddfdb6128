/* N times one of LIVE sleeping threads is woken, answers and sleeps again; with a third argument all LIVE threads are
 * ready and give the processor to each other N times. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "many.h"

static int *words, answer, gate;
static volatile long left;

static void wait_while(int *word, int value) {
  while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}
static void set(int *word, int value) {
  __atomic_store_n(word, value, __ATOMIC_RELEASE);
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *sleeper(void *at) {
  int *word = at;
  for (;;) {
    wait_while(word, 0);
    if (*word == 2) return NULL;
    *word = 0;
    set(&answer, 1);
  }
}

static void *yielder(void *at) {
  wait_while(&gate, 0);
  while (left-- > 0) sched_yield();
  return NULL;
}

int main(int argc, char **argv) {
  long n = atol(argv[1]), live = atol(argv[2]);
  int yields = argc > 3;
  pthread_t *threads = malloc(live * sizeof *threads);
  words = calloc(live, sizeof *words);
  left = n;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 16384);
  for (long i = 0; i < live; i++)
    if (pthread_create(&threads[i], &small, yields ? yielder : sleeper, &words[i])) return 1;
  __atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
  syscall(SYS_futex, &gate, FUTEX_WAKE_PRIVATE, live, NULL, NULL, 0);
  for (long i = 0; i < n && !yields; i++) {
    answer = 0;
    set(&words[stride(i, live)], 1);
    wait_while(&answer, 0);
  }
  for (long i = 0; i < live; i++) {
    if (!yields) set(&words[i], 2);
    pthread_join(threads[i], NULL);
  }
  printf("%ld\n", n);
  return 0;
}
