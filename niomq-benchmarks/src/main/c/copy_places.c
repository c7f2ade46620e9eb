/*
 * What it costs where in its page memory begins: reads a file in memory, from its start, to places
 * that begin so many octets into a page, and prints how many microseconds a read took. Some
 * processors copy several times as slowly when the target begins 1 to 31 octets further in its page
 * than the source in its own. See docs/decisions/0031-places.md.
 *
 * "./niomq bench" compiles it with the others:
 *
 *   niomq-benchmarks/target/copy_places SIZE                  for instance 65536
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, SIZE_MAX_READ = 1 << 24, ROUNDS = 3 };

static const size_t places[] = {0, 1, 8, 16, 24, 31, 32, 64, 1024, 4065, 4080, 4095};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static double micros(int file, char *target, size_t size) {
  size_t count = 1 + 200000000 / (size + 10000);
  double begin = now();
  for (size_t i = 0; i < count; i++) {
    if (pread(file, target, size, 0) != (ssize_t)size) {
      perror("copy_places: read");
      exit(1);
    }
  }
  return (now() - begin) / (double)count;
}

int main(int argc, char **argv) {
  size_t size = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
  if (size < 1 || size > SIZE_MAX_READ) {
    fprintf(stderr, "usage: copy_places SIZE (1 to %d)\n", SIZE_MAX_READ);
    return 2;
  }
  char name[] = "/dev/shm/copy_placesXXXXXX";
  int file = mkstemp(name);
  if (file < 0) {
    perror("copy_places: /dev/shm");
    return 1;
  }
  unlink(name);
  size_t room = size + 2 * PAGE;
  char *memory = malloc(room + PAGE);
  if (memory == NULL) {
    fprintf(stderr, "copy_places: no memory\n");
    return 1;
  }
  memset(memory, 1, room + PAGE);
  char *page = memory + PAGE - (size_t)memory % PAGE;
  if (write(file, page, size) != (ssize_t)size) {
    perror("copy_places: write");
    return 1;
  }
  for (int round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
      printf("%zu: %.2f  ", places[i], micros(file, page + places[i], size));
    }
    printf("\n");
  }
  free(memory);
  close(file);
  return 0;
}
