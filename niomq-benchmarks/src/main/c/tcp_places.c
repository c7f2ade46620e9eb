/*
 * What it costs on a connection where in its page memory begins. Two processes exchange messages of
 * SIZE octets behind headers of 11, over tcp on loopback; each side copies from an array before it
 * writes and to one after it has read, as a library does. See docs/decisions/0032-calls.md.
 *
 * Round trips, microseconds one way (median):
 *   fixed   memory begins a quarter into a page
 *   same    memory begins as far into its page as its octets into their message
 *   apart   the same, and the first page of a message is written with a call of its own
 * A stream, gigabytes a second, written in calls of up to 512 KiB:
 *   fixed   each call from a quarter into a page on
 *   same    each octet is as far into a page of memory as into a page of the stream
 *   whole   the same, and each call ends where a page of the stream ends
 *
 * "./niomq bench" compiles it with the others:
 *
 *   niomq-benchmarks/target/tcp_places SIZE [MOST]            for instance 1048576
 *
 * With MOST no call writes more octets than that.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, HEADER = 11, CALL = 1 << 19, SIZE_MAX_HERE = 1 << 24, ROUNDS = 3, TRIPS = 3000 };

enum mode { FIXED, SAME, APART_OR_WHOLE };

static const char *const trip_names[] = {"fixed", "same", "apart"};
static const char *const stream_names[] = {"fixed", "same", "whole"};

static size_t most = (size_t)-1;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Memory that begins a page, with a page more than was asked for. */
static char *memory(size_t size) {
  char *m = aligned_alloc(PAGE, (size / PAGE + 3) * PAGE);
  if (m == NULL) {
    fail("tcp_places: no memory");
  }
  memset(m, 1, (size / PAGE + 3) * PAGE);
  return m;
}

static void write_all(int s, const char *from, size_t size) {
  while (size > 0) {
    ssize_t n = send(s, from, size < most ? size : most, 0);
    if (n <= 0) {
      fail("tcp_places: send");
    }
    from += n;
    size -= (size_t)n;
  }
}

/* 0 when the other side has closed. */
static int read_all(int s, char *to, size_t size) {
  while (size > 0) {
    ssize_t n = recv(s, to, size, 0);
    if (n < 0) {
      fail("tcp_places: recv");
    }
    if (n == 0) {
      return 0;
    }
    to += n;
    size -= (size_t)n;
  }
  return 1;
}

static void pair(int ends[2]) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  int one = 1;
  int listening = socket(AF_INET, SOCK_STREAM, 0);
  ends[0] = socket(AF_INET, SOCK_STREAM, 0);
  if (listening < 0 || ends[0] < 0 || bind(listening, (void *)&address, length) != 0 ||
      listen(listening, 1) != 0 || getsockname(listening, (void *)&address, &length) != 0 ||
      connect(ends[0], (void *)&address, length) != 0 ||
      (ends[1] = accept(listening, NULL, NULL)) < 0) {
    fail("tcp_places: connect");
  }
  close(listening);
  for (int i = 0; i < 2; i++) {
    setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
}

struct side {
  int s;
  enum mode mode;
  size_t size;
  char *array; /* the application's */
  char *out;   /* the library's */
  char *in;
};

static void send_message(struct side *a) {
  char *m = a->out + (a->mode == FIXED ? PAGE / 4 : 0);
  size_t whole = HEADER + a->size;
  size_t first = a->mode == APART_OR_WHOLE && whole > PAGE ? PAGE : 0;
  memcpy(m + HEADER, a->array, a->size);
  write_all(a->s, m, first);
  write_all(a->s, m + first, whole - first);
}

static int receive_message(struct side *a) {
  char *m = a->in + (a->mode == FIXED ? PAGE / 4 : 0);
  if (!read_all(a->s, m, HEADER) || !read_all(a->s, m + HEADER, a->size)) {
    return 0;
  }
  memcpy(a->array, m + HEADER, a->size);
  return 1;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a;
  double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double round_trips(struct side *a) {
  static double taken[TRIPS];
  for (int i = 0; i < TRIPS; i++) {
    double begin = now();
    send_message(a);
    receive_message(a);
    taken[i] = (now() - begin) / 2;
  }
  qsort(taken + TRIPS / 2, TRIPS - TRIPS / 2, sizeof *taken, ascending);
  return taken[TRIPS / 2 + TRIPS / 4];
}

/* Sends messages for two seconds. */
static void stream(struct side *a) {
  size_t position = 0;
  size_t left = 0;
  double end = now() + 2e6;
  while (now() < end) {
    char *m = a->out + (a->mode == FIXED ? PAGE / 4 : (position - left) % PAGE);
    size_t filled = left;
    do {
      memcpy(m + filled + HEADER, a->array, a->size);
      filled += HEADER + a->size;
      position += HEADER + a->size;
    } while (filled + HEADER + a->size <= CALL);
    left = a->mode == APART_OR_WHOLE ? position % PAGE : 0;
    write_all(a->s, m, filled - left);
    memmove(a->out, m + filled - left, left); /* it begins a page of the stream */
  }
}

/* Reads until the other side closes; gigabytes a second of the second half. */
static double take_stream(struct side *a) {
  size_t position = 0;
  size_t before = 0;
  double begin = now();
  double half = 0;
  ssize_t n;
  do {
    char *m = a->in + (a->mode == FIXED ? PAGE / 4 : position % PAGE);
    n = recv(a->s, m, CALL, 0);
    if (n > 0) {
      for (size_t at = 0; at < (size_t)n; at += a->size) {
        memcpy(a->array, m + at, (size_t)n - at < a->size ? (size_t)n - at : a->size);
      }
      position += (size_t)n;
      if (half == 0 && now() - begin > 1e6) {
        half = now();
        before = position;
      }
    }
  } while (n > 0);
  return (double)(position - before) / (now() - half) / 1e3;
}

static double measure(size_t size, enum mode mode, int streams) {
  int ends[2];
  pair(ends);
  pid_t child = fork();
  if (child < 0) {
    fail("tcp_places: fork");
  }
  struct side a = {ends[child == 0], mode, size, memory(size), memory(size + CALL + PAGE),
                   memory(size + CALL + PAGE)};
  close(ends[child != 0]);
  double result = 0;
  if (child == 0) {
    if (streams) {
      stream(&a);
    } else {
      while (receive_message(&a)) {
        send_message(&a);
      }
    }
    _exit(0);
  }
  result = streams ? take_stream(&a) : round_trips(&a);
  close(a.s);
  free(a.array);
  free(a.out);
  free(a.in);
  waitpid(child, NULL, 0);
  return result;
}

int main(int argc, char **argv) {
  size_t size = argc == 2 || argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
  if (argc == 3) {
    most = strtoul(argv[2], NULL, 10);
  }
  if (size < 1 || size > SIZE_MAX_HERE || most < 1) {
    fprintf(stderr, "usage: tcp_places SIZE [MOST] (SIZE 1 to %d)\n", SIZE_MAX_HERE);
    return 2;
  }
  for (int round = 0; round < ROUNDS; round++) {
    for (enum mode mode = FIXED; mode <= APART_OR_WHOLE; mode++) {
      printf("%s: %.0f us  ", trip_names[mode], measure(size, mode, 0));
      fflush(stdout);
    }
    for (enum mode mode = FIXED; size <= CALL / 2 && mode <= APART_OR_WHOLE; mode++) {
      printf("%s: %.2f GB/s  ", stream_names[mode], measure(size, mode, 1));
      fflush(stdout);
    }
    printf("\n");
  }
  return 0;
}
