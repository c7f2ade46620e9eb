/*
 * What "niomq perf" measures, on libzmq: the same tools, arguments and result lines. All options are
 * libzmq's defaults; each message is one zmq_send and one zmq_recv, and is checked for its size.
 * Nothing here waits with a limit, so whoever starts it must set one.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#define ROUNDS_MAX 1000

static size_t size;
static long count;
static int rounds = 1;

static void fail(const char *what) {
  fprintf(stderr, "zmq_perf: %s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(1);
}

static void check(int result, const char *what) {
  if (result < 0) {
    fail(what);
  }
}

static void *new_body(void) {
  void *body = calloc(size + 1, 1);
  if (body == NULL) {
    fail("calloc");
  }
  return body;
}

static void send_one(void *socket, const void *body) {
  check(zmq_send(socket, body, size, 0), "zmq_send");
}

static void recv_one(void *socket, void *body) {
  int received = zmq_recv(socket, body, size, 0);
  check(received, "zmq_recv");
  if ((size_t) received != size) {
    fprintf(stderr, "zmq_perf: message of incorrect size received: %d B instead of %zu B\n", received, size);
    exit(1);
  }
}

static double now_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static int compare_doubles(const void *a, const void *b) {
  double left = *(const double *) a;
  double right = *(const double *) b;
  return (left > right) - (left < right);
}

/* The median of the second half of the rounds, as "niomq perf" reports it. */
static double settled(double *results) {
  double *later = results + rounds / 2;
  int length = rounds - rounds / 2;
  qsort(later, (size_t) length, sizeof *later, compare_doubles);
  int middle = length / 2;
  return length % 2 == 1 ? later[middle] : (later[middle - 1] + later[middle]) / 2;
}

static double megabits(double per_second) {
  return per_second * (double) size * 8 / 1e6;
}

/* Receives all rounds; the clock starts at the very first message. */
static void receive(void *pull) {
  double results[ROUNDS_MAX];
  void *body = new_body();
  recv_one(pull, body);
  double start = now_seconds();
  for (int i = 0; i < rounds; i++) {
    for (long j = i == 0 ? 1 : 0; j < count; j++) {
      recv_one(pull, body);
    }
    double end = now_seconds();
    double elapsed = end - start;
    results[i] = (double) count / (elapsed < 1e-6 ? 1e-6 : elapsed);
    if (rounds > 1) {
      printf("round %d: %.0f [msg/s] %.3f [Mb/s]\n", i + 1, results[i], megabits(results[i]));
    }
    start = end;
  }
  double per_second = settled(results);
  printf("message size: %zu [B]\n", size);
  printf("message count: %ld\n", count);
  printf("mean throughput: %.0f [msg/s]\n", per_second);
  printf("mean throughput: %.3f [Mb/s]\n", megabits(per_second));
  free(body);
}

static void send_all(void *push) {
  void *body = new_body();
  for (long i = 0; i < count * rounds; i++) {
    send_one(push, body);
  }
  free(body);
}

/* Makes all round trips and reports the time of one way. */
static void ask(void *req) {
  double results[ROUNDS_MAX];
  void *body = new_body();
  for (int i = 0; i < rounds; i++) {
    double start = now_seconds();
    for (long j = 0; j < count; j++) {
      send_one(req, body);
      recv_one(req, body);
    }
    results[i] = (now_seconds() - start) * 1e6 / (2.0 * (double) count);
    if (rounds > 1) {
      printf("round %d: %.3f [us]\n", i + 1, results[i]);
    }
  }
  printf("message size: %zu [B]\n", size);
  printf("roundtrip count: %ld\n", count);
  printf("average latency: %.3f [us]\n", settled(results));
  free(body);
}

static void answer(void *rep) {
  void *body = new_body();
  for (long i = 0; i < count * rounds; i++) {
    recv_one(rep, body);
    send_one(rep, body);
  }
  free(body);
}

static void *new_context(void) {
  void *context = zmq_ctx_new();
  if (context == NULL) {
    fail("zmq_ctx_new");
  }
  return context;
}

static void *new_socket(void *context, int type) {
  void *socket = zmq_socket(context, type);
  if (socket == NULL) {
    fail("zmq_socket");
  }
  return socket;
}

/* Binds and, when the port was left open, tells on the error stream which one it became. */
static void bind_to(void *socket, const char *endpoint) {
  char bound[256];
  size_t length = sizeof bound;
  check(zmq_bind(socket, endpoint), "zmq_bind");
  check(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &length), "zmq_getsockopt");
  if (strcmp(bound, endpoint) != 0) {
    fprintf(stderr, "bound to %s\n", bound);
  }
}

typedef void work_t(void *socket);

/* One side of a measurement between two processes. */
static void across(const char *endpoint, int type, int binds, work_t *work) {
  void *context = new_context();
  void *socket = new_socket(context, type);
  if (binds) {
    bind_to(socket, endpoint);
  } else {
    check(zmq_connect(socket, endpoint), "zmq_connect");
  }
  work(socket);
  check(zmq_close(socket), "zmq_close");
  check(zmq_ctx_term(context), "zmq_ctx_term"); /* waits until all is sent */
}

typedef struct {
  void *socket;
  work_t *work;
} companion_t;

static void *run_companion(void *argument) {
  companion_t *companion = argument;
  companion->work(companion->socket);
  check(zmq_close(companion->socket), "zmq_close");
  return NULL;
}

/* Both sides in this process, the second one in a thread of its own. */
static void within(int type, work_t *work, int companion_type, work_t *companion_work) {
  const char *endpoint = "inproc://perf";
  void *context = new_context();
  void *socket = new_socket(context, type);
  companion_t companion = {new_socket(context, companion_type), companion_work};
  pthread_t thread;
  check(zmq_bind(socket, endpoint), "zmq_bind");
  check(zmq_connect(companion.socket, endpoint), "zmq_connect");
  if (pthread_create(&thread, NULL, run_companion, &companion) != 0) {
    fail("pthread_create");
  }
  work(socket);
  pthread_join(thread, NULL);
  check(zmq_close(socket), "zmq_close");
  check(zmq_ctx_term(context), "zmq_ctx_term");
}

static void usage(void) {
  fputs("usage: zmq_perf local_thr|remote_thr <endpoint> <message-size> <message-count> [--rounds N]\n"
        "       zmq_perf local_lat|remote_lat <endpoint> <message-size> <roundtrip-count> [--rounds N]\n"
        "       zmq_perf inproc_thr <message-size> <message-count> [--rounds N]\n"
        "       zmq_perf inproc_lat <message-size> <roundtrip-count> [--rounds N]\n"
        "       zmq_perf version\n",
        stderr);
  exit(2);
}

static long number(const char *text, long min, long max) {
  char *end;
  long value = strtol(text, &end, 10);
  if (end == text || *end != '\0' || value < min || value > max) {
    fprintf(stderr, "zmq_perf: '%s' is not a number from %ld to %ld\n", text, min, max);
    exit(2);
  }
  return value;
}

int main(int argc, char **argv) {
  const long max = 2147483647;
  if (argc == 2 && strcmp(argv[1], "version") == 0) {
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    printf("%d.%d.%d\n", major, minor, patch);
    return 0;
  }
  if (argc >= 6 && strcmp(argv[argc - 2], "--rounds") == 0) {
    rounds = (int) number(argv[argc - 1], 1, ROUNDS_MAX);
    argc -= 2;
  }
  if (argc != 4 && argc != 5) {
    usage();
  }
  const char *tool = argv[1];
  const char *endpoint = argc == 5 ? argv[2] : NULL;
  size = (size_t) number(argv[argc - 2], 0, max - 1);
  count = number(argv[argc - 1], 1, max);

  if (endpoint != NULL && strcmp(tool, "local_thr") == 0) {
    across(endpoint, ZMQ_PULL, 1, receive);
  } else if (endpoint != NULL && strcmp(tool, "remote_thr") == 0) {
    across(endpoint, ZMQ_PUSH, 0, send_all);
  } else if (endpoint != NULL && strcmp(tool, "local_lat") == 0) {
    across(endpoint, ZMQ_REP, 1, answer);
  } else if (endpoint != NULL && strcmp(tool, "remote_lat") == 0) {
    across(endpoint, ZMQ_REQ, 0, ask);
  } else if (endpoint == NULL && strcmp(tool, "inproc_thr") == 0) {
    within(ZMQ_PULL, receive, ZMQ_PUSH, send_all);
  } else if (endpoint == NULL && strcmp(tool, "inproc_lat") == 0) {
    within(ZMQ_REQ, ask, ZMQ_REP, answer);
  } else {
    usage();
  }
  return 0;
}
