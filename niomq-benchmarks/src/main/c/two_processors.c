/*
 * How near two processors are to each other: one thread copies 1 KiB at a time into a ring, another
 * one out of it, each pinned to a processor of its own, never more than 1000 apart. Prints how many
 * nanoseconds a copy took, for each quarter of a second. See docs/decisions/0027-distance.md.
 *
 * "./niomq bench" compiles it with the others; 1000 slots are 1 MiB:
 *
 *   niomq-benchmarks/target/two_processors SLOTS SECONDS      for instance 8000 40
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZE = 1024, AHEAD = 1000, BATCH = 50, BETWEEN_CLOCKS = 4096 };

/* Each word has cache lines of its own. */
static alignas(256) _Atomic unsigned long written;
static alignas(256) _Atomic unsigned long taken;
static alignas(256) _Atomic int done;

static unsigned long slots;
static char *ring;

static void pin(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) != 0) {
    fprintf(stderr, "two_processors: there is no processor %d\n", processor);
    exit(1);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *produce(void *unused) {
  (void)unused;
  pin(0);
  char source[SIZE];
  memset(source, 1, SIZE);
  unsigned long ahead = slots < AHEAD ? slots : AHEAD;
  unsigned long seen = 0;
  for (unsigned long at = 0; !atomic_load_explicit(&done, memory_order_relaxed);) {
    if (at - seen >= ahead) {
      seen = atomic_load_explicit(&taken, memory_order_acquire);
      continue;
    }
    memcpy(ring + at % slots * SIZE, source, SIZE);
    if (++at % BATCH == 0) {
      atomic_store_explicit(&written, at, memory_order_release);
    }
  }
  return NULL;
}

static void consume(double seconds) {
  pin(1);
  char target[SIZE];
  unsigned long seen = 0;
  unsigned long counted = 0;
  double begin = now();
  double since = begin;
  for (unsigned long at = 0; since - begin < seconds;) {
    while (at == seen) {
      seen = atomic_load_explicit(&written, memory_order_acquire);
    }
    memcpy(target, ring + at % slots * SIZE, SIZE);
    __asm__ volatile("" ::"r"(target) : "memory"); /* so that the copy is made */
    if (++at % BATCH == 0) {
      atomic_store_explicit(&taken, at, memory_order_release);
    }
    if (at % BETWEEN_CLOCKS == 0 && now() - since >= 0.25) {
      double t = now();
      printf("%.0f ", (t - since) * 1e9 / (double)(at - counted));
      counted = at;
      since = t;
    }
  }
  printf("\n");
}

int main(int argc, char **argv) {
  slots = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
  double seconds = argc == 3 ? strtod(argv[2], NULL) : 0;
  if (slots < 2 * BATCH || slots > 1000000 || !(seconds > 0 && seconds <= 600)) {
    fprintf(stderr, "usage: two_processors SLOTS SECONDS (100 to 1000000, up to 600)\n");
    return 2;
  }
  ring = malloc(slots * SIZE);
  if (ring == NULL) {
    fprintf(stderr, "two_processors: no memory\n");
    return 1;
  }
  memset(ring, 0, slots * SIZE);
  pthread_t producer;
  if (pthread_create(&producer, NULL, produce, NULL) != 0) {
    fprintf(stderr, "two_processors: no thread\n");
    return 1;
  }
  consume(seconds);
  atomic_store(&done, 1);
  pthread_join(producer, NULL);
  free(ring);
  return 0;
}
