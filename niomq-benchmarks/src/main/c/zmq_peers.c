/*
 * A PULL of libzmq that receives from many peers and reports what a message costs this process.
 *
 *   zmq_peers PEERS WARM_UP_TURNS TURNS ROUNDS
 *
 * It prints its endpoint; receives WARM_UP_TURNS messages of each peer and prints "warm"; then, ROUNDS
 * times, receives TURNS messages of each peer and prints the nanoseconds of processor time for each
 * message, and the messages a second. Each message must be the next one of its peer. Exit code 1
 * otherwise, and when nothing comes for 20 seconds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zmq.h>

enum { SIZE = 64, WAIT_MILLIS = 20000, BACKLOG = 1000 };

static void fail(const char *what) {
  fprintf(stderr, "zmq_peers: %s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(1);
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint32_t word(const unsigned char *octets) {
  return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
}

static void receive(void *pull, uint32_t *next, uint32_t peers, long messages) {
  unsigned char body[2 * SIZE];
  for (long i = 0; i < messages; i++) {
    int size = zmq_recv(pull, body, sizeof body, 0);
    if (size < 0) {
      fail("not all messages came");
    }
    uint32_t peer = word(body);
    if (size != SIZE || peer >= peers || word(body + 4) != next[peer]) {
      fprintf(stderr, "zmq_peers: a message is not the next one of its peer\n");
      exit(1);
    }
    next[peer]++;
  }
}

static long number(const char *text) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*end != 0 || value < 1 || value > 100000000) {
    fprintf(stderr, "usage: zmq_peers PEERS WARM_UP_TURNS TURNS ROUNDS\n");
    exit(2);
  }
  return value;
}

int main(int argc, char **argv) {
  long peers = number(argc == 5 ? argv[1] : "");
  long warm_up = number(argv[2]);
  long turns = number(argv[3]);
  long rounds = number(argv[4]);
  uint32_t *next = calloc((size_t)peers, sizeof *next);
  void *context = zmq_ctx_new();
  void *pull = context == NULL ? NULL : zmq_socket(context, ZMQ_PULL);
  int wait = WAIT_MILLIS;
  int backlog = BACKLOG;
  if (next == NULL || pull == NULL || zmq_setsockopt(pull, ZMQ_RCVTIMEO, &wait, sizeof wait) != 0 ||
      zmq_setsockopt(pull, ZMQ_BACKLOG, &backlog, sizeof backlog) != 0 ||
      zmq_bind(pull, "tcp://127.0.0.1:*") != 0) {
    fail("cannot bind");
  }
  char endpoint[256];
  size_t length = sizeof endpoint;
  if (zmq_getsockopt(pull, ZMQ_LAST_ENDPOINT, endpoint, &length) != 0) {
    fail("no endpoint");
  }
  printf("%s\n", endpoint);
  fflush(stdout);
  receive(pull, next, (uint32_t)peers, peers * warm_up);
  printf("warm\n");
  fflush(stdout);

  double messages = (double)(peers * turns);
  double start = seconds(CLOCK_MONOTONIC);
  double start_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (long i = 0; i < rounds; i++) {
    receive(pull, next, (uint32_t)peers, peers * turns);
    double end = seconds(CLOCK_MONOTONIC);
    double end_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    printf("%.1f %.0f\n", (end_cpu - start_cpu) * 1e9 / messages, messages / (end - start));
    fflush(stdout);
    start = end;
    start_cpu = end_cpu;
  }
  zmq_close(pull);
  zmq_ctx_term(context);
  free(next);
  return 0;
}
