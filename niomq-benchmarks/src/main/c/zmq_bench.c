/*
 * One side of a workload of "./niomq bench", on libzmq: zmq_bench ROLE KEY=VALUE... The Java package
 * io.niomq.benchmarks.program has the same roles, arguments and result lines, and says what each is
 * for. All options are libzmq's defaults, except that linger is 0. Rates are a second, times in
 * microseconds. The process ends when its standard input is closed, at its limit, or at once with exit
 * code 1 when anything goes wrong.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define WINDOWS_MAX 100
#define THREADS_MAX 1000
#define ENDPOINT_MAX 256

/* What the octets of a message mean; behind the sequence number what the workload needs. */
#define SEQUENCE 0
#define PLANNED_START 8
#define SLOT 8
#define BURST_AND_INDEX 16

static size_t size;
static int threads;
static int64_t warm_nanos;
static int windows;
static int64_t window_nanos;
static void *context;

/* --- Failing, and ending ---------------------------------------------------------------------- */

_Noreturn static void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("zmq_bench: ", stderr);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  va_end(values);
  fflush(stderr);
  _exit(1);
}

static void check(int result, const char *what) {
  if (result < 0) {
    fail("%s: %s", what, zmq_strerror(zmq_errno()));
  }
}

static void *must(void *result, const char *what) {
  check(result == NULL ? -1 : 0, what);
  return result;
}

static void start_thread(void *(*run)(void *), void *argument) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, argument) != 0) {
    fail("no thread");
  }
  pthread_detach(thread);
}

static void sleep_nanos(int64_t nanos) {
  struct timespec time = {nanos / 1000000000, nanos % 1000000000};
  nanosleep(&time, NULL);
}

static void *watch_input(void *unused) {
  char octets[64];
  (void) unused;
  while (read(0, octets, sizeof octets) > 0) {
  }
  _exit(0);
}

static void *watch_limit(void *nanos) {
  sleep_nanos(*(int64_t *) nanos);
  fail("the limit has passed");
}

/* --- Arguments -------------------------------------------------------------------------------- */

static int argument_count;
static char **argument_list;

static const char *text_or(const char *key, const char *initial) {
  size_t length = strlen(key);
  for (int i = 0; i < argument_count; i++) {
    if (strncmp(argument_list[i], key, length) == 0 && argument_list[i][length] == '=') {
      return argument_list[i] + length + 1;
    }
  }
  return initial;
}

static const char *text(const char *key) {
  const char *value = text_or(key, NULL);
  if (value == NULL) {
    fail("the argument %s=... is missing", key);
  }
  return value;
}

static double number(const char *key, const char *initial, double min, double max) {
  const char *value = initial == NULL ? text(key) : text_or(key, initial);
  char *end;
  double result = strtod(value, &end);
  if (end == value || *end != '\0' || !(result >= min && result <= max)) {
    fail("%s=%s is not a number from %g to %g", key, value, min, max);
  }
  return result;
}

static int64_t nanos(const char *key) {
  return (int64_t) (number(key, NULL, 0, 100000) * 1e9);
}

/* The endpoint of that place in connect=A,B,C. */
static const char *peer(int index, char *endpoint) {
  const char *from = text("connect");
  for (; index > 0 && from != NULL; index--) {
    from = strchr(from, ',');
    from = from == NULL ? NULL : from + 1;
  }
  size_t length = from == NULL ? 0 : strcspn(from, ",");
  if (length == 0 || length >= ENDPOINT_MAX) {
    fail("too few endpoints in connect=%s", text("connect"));
  }
  memcpy(endpoint, from, length);
  endpoint[length] = '\0';
  return endpoint;
}

/* --- Sockets ---------------------------------------------------------------------------------- */

static void *new_socket(int type) {
  int linger = 0;
  void *socket = must(zmq_socket(context, type), "zmq_socket");
  check(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger), "ZMQ_LINGER");
  if (type == ZMQ_SUB) {
    check(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0), "ZMQ_SUBSCRIBE");
  }
  return socket;
}

static void bind_and_tell(void *socket) {
  char bound[ENDPOINT_MAX];
  size_t length = sizeof bound;
  check(zmq_bind(socket, text("bind")), "zmq_bind");
  check(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &length), "ZMQ_LAST_ENDPOINT");
  printf("endpoint %s\n", bound);
  fflush(stdout);
}

static void *connected(int type, int index) {
  char endpoint[ENDPOINT_MAX];
  void *socket = new_socket(type);
  check(zmq_connect(socket, peer(index, endpoint)), "zmq_connect");
  return socket;
}

static char *new_body(void) {
  return must(calloc(size, 1), "calloc");
}

static void set(char *body, int index, int64_t value) {
  memcpy(body + index, &value, sizeof value);
}

static int64_t get(const char *body, int index) {
  int64_t value;
  memcpy(&value, body + index, sizeof value);
  return value;
}

static void send_one(void *socket, const char *body) {
  check(zmq_send(socket, body, size, 0), "zmq_send");
}

static void check_size(int received) {
  check(received, "receiving");
  if ((size_t) received != size) {
    fail("received a message of %d octets instead of %zu", received, size);
  }
}

static void recv_any(void *socket, char *body) {
  check_size(zmq_recv(socket, body, size, 0));
}

static void recv_one(void *socket, char *body, int64_t sequence) {
  recv_any(socket, body);
  if (get(body, SEQUENCE) != sequence) {
    fail("received message number %" PRId64 " instead of %" PRId64, get(body, SEQUENCE), sequence);
  }
}

/* --- Results ---------------------------------------------------------------------------------- */

static int64_t now_nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

static void result(const char *key, double value) {
  printf("result %s %.3f\n", key, value);
}

static void window_result(int index, double value) {
  printf("result window-%d %.3f\n", index + 1, value);
}

static void end(void) {
  puts("end");
  fflush(stdout);
}

static int compare_doubles(const void *a, const void *b) {
  double left = *(const double *) a;
  double right = *(const double *) b;
  return (left > right) - (left < right);
}

/* A number in memory that processes share by mapping the file in that argument; NULL if it is not there. */
static _Atomic int64_t *shared_word(const char *key) {
  const char *path = text_or(key, NULL);
  if (path == NULL) {
    return NULL;
  }
  int file = open(path, O_RDWR);
  check(file, "opening a shared word");
  void *word = mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  check(word == MAP_FAILED ? -1 : 0, "mapping a shared word");
  close(file);
  return word;
}

/*
 * Events a second in each window; the schedule begins with the first tick. Their count so far can be read
 * from outside as well.
 */
typedef struct {
  bool started;
  bool warm;
  int measured;
  int64_t since;
  int64_t count_then;
  _Atomic int64_t *told; /* NULL if nobody looks from outside */
  double rates[WINDOWS_MAX];
} rates_t;

/* Tells how many events there were until now; false when all windows are over. */
static bool tick(rates_t *rates, int64_t now, int64_t count) {
  int64_t elapsed = now - rates->since;
  if (!rates->started) {
    rates->started = true;
    rates->told = shared_word("count");
    rates->since = now;
  } else if (elapsed >= (rates->warm ? window_nanos : warm_nanos)) {
    if (rates->warm) {
      rates->rates[rates->measured++] = (double) (count - rates->count_then) * 1e9 / (double) elapsed;
    }
    rates->warm = true;
    rates->since = now;
    rates->count_then = count;
  }
  if (rates->told != NULL) {
    atomic_store_explicit(rates->told, count, memory_order_release);
  }
  return rates->measured < windows;
}

/* Each window, and their median. */
static void rate_results(rates_t *rates) {
  for (int i = 0; i < windows; i++) {
    window_result(i, rates->rates[i]);
  }
  qsort(rates->rates, (size_t) windows, sizeof *rates->rates, compare_doubles);
  int middle = windows / 2;
  result("rate", windows % 2 == 1 ? rates->rates[middle] : (rates->rates[middle - 1] + rates->rates[middle]) / 2);
}

/* Times of one thread, window after window. */
typedef struct {
  int64_t begin;
  int64_t window_end;
  int current;
  size_t count;
  size_t first[WINDOWS_MAX + 1]; /* where a window begins in the samples */
  uint32_t *samples;             /* in nanoseconds */
} latencies_t;

#define SAMPLES_MAX ((size_t) 4 << 20)

static void begin_latencies(latencies_t *latencies, int64_t now) {
  memset(latencies, 0, sizeof *latencies);
  latencies->begin = now + warm_nanos;
  latencies->window_end = latencies->begin + window_nanos;
  latencies->samples = must(malloc(SAMPLES_MAX * sizeof *latencies->samples), "malloc");
  memset(latencies->samples, 1, SAMPLES_MAX * sizeof *latencies->samples); /* no page is touched first later */
}

/* Counts elapsed, which ended now; false when all windows are over. */
static bool record(latencies_t *latencies, int64_t now, int64_t elapsed) {
  if (now < latencies->begin) {
    return true;
  }
  while (now >= latencies->window_end) {
    latencies->window_end += window_nanos;
    latencies->first[++latencies->current] = latencies->count;
    if (latencies->current >= windows) {
      return false;
    }
  }
  if (latencies->count == SAMPLES_MAX) {
    fail("more than %zu samples", SAMPLES_MAX);
  }
  latencies->samples[latencies->count++] = elapsed > UINT32_MAX ? UINT32_MAX : (uint32_t) elapsed;
  return true;
}

static int compare_samples(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *) a;
  uint32_t right = *(const uint32_t *) b;
  return (left > right) - (left < right);
}

/* Copies what all threads measured in the windows from first to behind last, and sorts it. */
static uint32_t *sorted(const latencies_t *all, int first, int behind, size_t *count) {
  *count = 0;
  for (int i = 0; i < threads; i++) {
    *count += all[i].first[behind] - all[i].first[first];
  }
  uint32_t *samples = must(malloc((*count + 1) * sizeof *samples), "malloc");
  size_t copied = 0;
  for (int i = 0; i < threads; i++) {
    size_t length = all[i].first[behind] - all[i].first[first];
    memcpy(samples + copied, all[i].samples + all[i].first[first], length * sizeof *samples);
    copied += length;
  }
  qsort(samples, *count, sizeof *samples, compare_samples);
  return samples;
}

/* As HdrHistogram does: the least value that so many per cent of all do not exceed. */
static double percentile(const uint32_t *samples, size_t count, double percent) {
  size_t rank = (size_t) (percent / 100 * (double) count + 0.5);
  rank = rank < 1 ? 1 : rank > count ? count : rank;
  return count == 0 ? 0 : samples[rank - 1] / 1e3;
}

/* The median of each window, and percentiles of them together. */
static void latency_results(const latencies_t *all) {
  size_t count;
  for (int i = 0; i < windows; i++) {
    uint32_t *window = sorted(all, i, i + 1, &count);
    window_result(i, percentile(window, count, 50));
    free(window);
  }
  uint32_t *samples = sorted(all, 0, windows, &count);
  if (count == 0) {
    fail("nothing was measured");
  }
  result("p50", percentile(samples, count, 50));
  result("p90", percentile(samples, count, 90));
  result("p99", percentile(samples, count, 99));
  result("p99.9", percentile(samples, count, 99.9));
  result("p99.99", percentile(samples, count, 99.99));
  result("max", percentile(samples, count, 100));
  result("count", (double) count);
}

/* A counter for each thread, on cache lines of its own. */
typedef struct {
  _Alignas(128) atomic_long value;
} counter_t;

static counter_t counters[THREADS_MAX];
static counter_t lost[THREADS_MAX];

static void count_up_to(counter_t *counter, int64_t value) {
  atomic_store_explicit(&counter->value, value, memory_order_release);
}

static int64_t sum(counter_t *all) {
  int64_t total = 0;
  for (int i = 0; i < threads; i++) {
    total += atomic_load_explicit(&all[i].value, memory_order_acquire);
  }
  return total;
}

static bool all_positive(void) {
  for (int i = 0; i < threads; i++) {
    if (atomic_load_explicit(&counters[i].value, memory_order_acquire) == 0) {
      return false;
    }
  }
  return true;
}

/* Waits for each thread to count something, then lets the schedule pass. */
static void measure_counters(rates_t *rates, int64_t *count_then, int64_t *lost_then) {
  bool told = false;
  int64_t pause = window_nanos / 40 < 1000000 ? 1000000 : window_nanos / 40;
  while (!all_positive()) {
    sleep_nanos(1000000);
  }
  while (tick(rates, now_nanos(), sum(counters))) {
    if (!told && rates->warm) {
      told = true;
      *count_then = sum(counters);
      *lost_then = sum(lost);
    }
    sleep_nanos(pause);
  }
}

/* --- PUSH to PULL as fast as it goes ---------------------------------------------------------- */

static void receive_stream(void *pull) {
  static rates_t rates;
  char *body = new_body();
  int64_t batch = (256 << 10) / (int64_t) size;
  batch = batch < 1 ? 1 : batch > 256 ? 256 : batch;
  int64_t sequence = 0;
  recv_one(pull, body, sequence++);
  tick(&rates, now_nanos(), sequence);
  do {
    for (int64_t i = 0; i < batch; i++) {
      recv_one(pull, body, sequence++);
    }
  } while (tick(&rates, now_nanos(), sequence));
  rate_results(&rates);
  end();
}

static void *send_stream(void *push) {
  char *body = new_body();
  for (int64_t sequence = 0;; sequence++) {
    set(body, SEQUENCE, sequence);
    send_one(push, body);
  }
  return NULL;
}

static void pull(void) {
  void *socket = new_socket(ZMQ_PULL);
  bind_and_tell(socket);
  receive_stream(socket);
}

static void push(void) {
  send_stream(connected(ZMQ_PUSH, 0));
}

static void inproc_thr(void) {
  void *receiver = new_socket(ZMQ_PULL);
  void *sender = new_socket(ZMQ_PUSH);
  check(zmq_bind(receiver, "inproc://streams"), "zmq_bind");
  check(zmq_connect(sender, "inproc://streams"), "zmq_connect");
  start_thread(send_stream, sender);
  receive_stream(receiver);
}

/* --- REQ to REP and back ---------------------------------------------------------------------- */

static int64_t compute_nanos;
static bool polls;

/* Waits in a poller until there is a message, if this work is about that. */
static void await_message(void *socket) {
  if (polls) {
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    check(zmq_poll(&item, 1, -1), "zmq_poll");
  }
}

typedef struct {
  void *socket;
  latencies_t latencies;
} asker_t;

static void *answer(void *rep) {
  char *body = new_body();
  char *reply = new_body();
  for (int64_t sequence = 0;; sequence++) {
    await_message(rep);
    recv_one(rep, body, sequence);
    set(reply, SEQUENCE, sequence);
    send_one(rep, reply);
  }
  return NULL;
}

static void compute(void) {
  int64_t until = now_nanos() + compute_nanos;
  while (now_nanos() < until) {
  }
}

static void *ask(void *argument) {
  asker_t *asker = argument;
  char *body = new_body();
  char *reply = new_body();
  int64_t sequence = 0;
  int64_t before, after;
  do {
    if (compute_nanos > 0 && now_nanos() >= asker->latencies.begin - warm_nanos / 2) {
      compute();
    }
    set(body, SEQUENCE, sequence);
    before = now_nanos();
    send_one(asker->socket, body);
    await_message(asker->socket);
    check_size(zmq_recv(asker->socket, reply, size, 0));
    after = now_nanos();
    if (get(reply, SEQUENCE) != sequence) {
      fail("received message number %" PRId64 " instead of %" PRId64, get(reply, SEQUENCE), sequence);
    }
    sequence++;
  } while (record(&asker->latencies, after, (after - before) / 2));
  return NULL;
}

/* One asker for each thread, on the sockets given. */
static void measure_round_trips(void **sockets) {
  asker_t *askers = must(calloc((size_t) threads, sizeof *askers), "calloc");
  latencies_t *all = must(calloc((size_t) threads, sizeof *all), "calloc");
  pthread_t *ids = must(calloc((size_t) threads, sizeof *ids), "calloc");
  int64_t now = now_nanos();
  for (int i = 0; i < threads; i++) {
    askers[i].socket = sockets[i];
    begin_latencies(&askers[i].latencies, now);
  }
  for (int i = 1; i < threads; i++) {
    if (pthread_create(&ids[i], NULL, ask, &askers[i]) != 0) {
      fail("no thread");
    }
  }
  ask(&askers[0]);
  for (int i = 0; i < threads; i++) {
    if (i > 0) {
      pthread_join(ids[i], NULL);
    }
    all[i] = askers[i].latencies;
  }
  latency_results(all);
  end();
}

static void rep(void) {
  void *sockets[THREADS_MAX];
  for (int i = 0; i < threads; i++) {
    sockets[i] = new_socket(ZMQ_REP);
    bind_and_tell(sockets[i]);
  }
  for (int i = 1; i < threads; i++) {
    start_thread(answer, sockets[i]);
  }
  answer(sockets[0]);
}

/* Answers at the second endpoint, behind a broker. */
static void rep_behind(void) {
  answer(connected(ZMQ_REP, 1));
}

static void req(void) {
  void *sockets[THREADS_MAX];
  for (int i = 0; i < threads; i++) {
    sockets[i] = connected(ZMQ_REQ, i);
  }
  measure_round_trips(sockets);
}

static void inproc_lat(void) {
  void *server = new_socket(ZMQ_REP);
  void *client = new_socket(ZMQ_REQ);
  check(zmq_bind(server, "inproc://round-trips"), "zmq_bind");
  check(zmq_connect(client, "inproc://round-trips"), "zmq_connect");
  start_thread(answer, server);
  measure_round_trips(&client);
}

/* --- Bursts ----------------------------------------------------------------------------------- */

#define PERIOD_NANOS 200000
#define WARMING_PERIOD_NANOS 20000
#define POLL_NANOS 20000

/* Sleeps until time; returns when the burst begins: then, or earlier for who is late. */
static int64_t wait_until(int64_t time) {
  int64_t now = now_nanos();
  if (now >= time) {
    return time;
  }
  do {
    sleep_nanos(time - now);
    now = now_nanos();
  } while (now < time);
  return now;
}

static void burst_push(void) {
  void *socket = connected(ZMQ_PUSH, 0);
  int burst = (int) number("burst", NULL, 1, 1000000);
  _Atomic int64_t *arrival = shared_word("arrival");
  char *body = new_body();
  int64_t sequence = 0;
  int64_t arrived = 0;
  int64_t begin = now_nanos() + PERIOD_NANOS;
  int64_t half_warm = now_nanos() + warm_nanos / 2;
  int64_t period = WARMING_PERIOD_NANOS;
  for (int64_t burst_number = 0;; burst_number++) {
    set(body, PLANNED_START, wait_until(begin));
    for (int i = 0; i < burst; i++) {
      set(body, SEQUENCE, sequence++);
      set(body, BURST_AND_INDEX, burst_number << 32 | i);
      send_one(socket, body);
    }
    if (arrival != NULL) {
      int64_t time;
      while ((time = atomic_load_explicit(arrival, memory_order_acquire)) == arrived) {
        sleep_nanos(POLL_NANOS);
      }
      arrived = time;
      begin = arrived;
    }
    if (period != PERIOD_NANOS && now_nanos() >= half_warm) {
      period = PERIOD_NANOS;
      begin = now_nanos(); /* the plan begins */
    }
    begin += period;
  }
}

static void burst_pull(void) {
  static latencies_t latencies;
  void *socket = new_socket(ZMQ_PULL);
  int burst = (int) number("burst", NULL, 1, 1000000);
  _Atomic int64_t *arrival = shared_word("arrival");
  char *body = new_body();
  int64_t sequence = 0;
  int64_t now;
  bind_and_tell(socket);
  for (int64_t burst_number = 0;; burst_number++) {
    for (int i = 0; i < burst; i++) {
      recv_one(socket, body, sequence++);
      if (get(body, BURST_AND_INDEX) != (burst_number << 32 | i)) {
        fail("received a message of another burst than %" PRId64, burst_number);
      }
    }
    now = now_nanos();
    if (burst_number == 0) {
      begin_latencies(&latencies, now);
    }
    if (!record(&latencies, now, now - get(body, PLANNED_START))) {
      break;
    }
    if (arrival != NULL) {
      atomic_store_explicit(arrival, now, memory_order_release);
    }
  }
  latency_results(&latencies);
  end();
}

/* --- PUB to SUBs ------------------------------------------------------------------------------ */

typedef struct {
  void *socket;
  int index;
} member_t;

static member_t members[THREADS_MAX];

static void pub(void) {
  void *socket = new_socket(ZMQ_PUB);
  bind_and_tell(socket);
  send_stream(socket);
}

static void *subscribe(void *argument) {
  member_t *member = argument;
  char *body = new_body();
  int64_t count = 0;
  int64_t missing = 0;
  int64_t expected = -1; /* whatever comes first */
  for (;;) {
    recv_any(member->socket, body);
    int64_t sequence = get(body, SEQUENCE);
    if (sequence != expected && expected >= 0) {
      if (sequence < expected) {
        fail("received message number %" PRId64 " after %" PRId64, sequence, expected - 1);
      }
      missing += sequence - expected;
      count_up_to(&lost[member->index], missing);
    }
    expected = sequence + 1;
    count_up_to(&counters[member->index], ++count);
  }
  return NULL;
}

static void start_members(int type, int endpoint, void *(*run)(void *)) {
  for (int i = 0; i < threads; i++) {
    members[i].socket = connected(type, endpoint);
    members[i].index = i;
    start_thread(run, &members[i]);
  }
}

/* Shares its messages out. */
static void share_push(void) {
  void *socket = new_socket(ZMQ_PUSH);
  bind_and_tell(socket);
  send_stream(socket);
}

static void share_pull(void) {
  static rates_t rates;
  int64_t count_then, gaps_then; /* gaps are what others have */
  start_members(ZMQ_PULL, 0, subscribe);
  measure_counters(&rates, &count_then, &gaps_then);
  rate_results(&rates);
  end();
}

/* --- PUSH to PULL at a steady pace ------------------------------------------------------------ */

static void steady_push(void) {
  void *socket = connected(ZMQ_PUSH, 0);
  int64_t period = (int64_t) number("period-nanos", NULL, 1, 1000000000);
  char *body = new_body();
  int64_t planned = now_nanos();
  for (int64_t sequence = 0;; sequence++) {
    while (now_nanos() < planned) {
    }
    set(body, SEQUENCE, sequence);
    set(body, PLANNED_START, planned);
    send_one(socket, body);
    planned += period;
  }
}

static void steady_pull(void) {
  static latencies_t latencies;
  void *socket = new_socket(ZMQ_PULL);
  char *body = new_body();
  int64_t sequence = 0;
  int64_t now;
  bind_and_tell(socket);
  do {
    recv_one(socket, body, sequence++);
    now = now_nanos();
    if (sequence == 1) {
      begin_latencies(&latencies, now);
    }
  } while (record(&latencies, now, now - get(body, PLANNED_START)));
  latency_results(&latencies);
  end();
}

static void sub(void) {
  static rates_t rates;
  int64_t count_then = 0;
  int64_t lost_then = 0;
  start_members(ZMQ_SUB, 0, subscribe);
  measure_counters(&rates, &count_then, &lost_then);
  double delivered = (double) (sum(counters) - count_then);
  double missing = (double) (sum(lost) - lost_then);
  rate_results(&rates);
  result("lost", missing);
  result("lost-percent", 100 * missing / (delivered + missing));
  end();
}

/* --- Clients, a broker, workers --------------------------------------------------------------- */

static void broker(void) {
  void *frontend = new_socket(ZMQ_ROUTER);
  void *backend = new_socket(ZMQ_DEALER);
  bind_and_tell(frontend);
  bind_and_tell(backend);
  check(zmq_proxy(frontend, backend, NULL), "zmq_proxy");
}

/* Sends each message of two frames back whole. */
static void *work(void *argument) {
  member_t *member = argument;
  zmq_msg_t routing_id, body;
  zmq_msg_init(&routing_id);
  zmq_msg_init(&body);
  for (;;) {
    check(zmq_msg_recv(&routing_id, member->socket, 0), "zmq_msg_recv");
    if (!zmq_msg_more(&routing_id)) {
      fail("received a message of one frame instead of two");
    }
    check_size(zmq_msg_recv(&body, member->socket, 0));
    if (zmq_msg_more(&body)) {
      fail("received a message of more than two frames");
    }
    check(zmq_msg_send(&routing_id, member->socket, ZMQ_SNDMORE), "zmq_msg_send");
    check(zmq_msg_send(&body, member->socket, 0), "zmq_msg_send");
  }
  return NULL;
}

static void send_in_slot(void *socket, char *body, int64_t slot, int64_t sequence) {
  set(body, SEQUENCE, sequence);
  set(body, SLOT, slot);
  send_one(socket, body);
}

static void *call(void *argument) {
  member_t *member = argument;
  int64_t outstanding = (int64_t) number("outstanding", NULL, 1, 100000);
  int64_t *on_the_way = must(calloc((size_t) outstanding, sizeof *on_the_way), "calloc");
  char *body = new_body();
  char *reply = new_body();
  int64_t sequence = 0;
  for (int64_t slot = 0; slot < outstanding; slot++) {
    on_the_way[slot] = sequence;
    send_in_slot(member->socket, body, slot, sequence++);
  }
  for (int64_t count = 1;; count++) {
    recv_any(member->socket, reply);
    int64_t slot = get(reply, SLOT);
    if (slot < 0 || slot >= outstanding || on_the_way[slot] != get(reply, SEQUENCE)) {
      fail("received message number %" PRId64 ", which was not on the way", get(reply, SEQUENCE));
    }
    count_up_to(&counters[member->index], count);
    on_the_way[slot] = sequence;
    send_in_slot(member->socket, body, slot, sequence++);
  }
  return NULL;
}

static void worker(void) {
  start_members(ZMQ_DEALER, 1, work);
}

static void client(void) {
  static rates_t rates;
  int64_t ignored;
  start_members(ZMQ_DEALER, 0, call);
  measure_counters(&rates, &ignored, &ignored);
  rate_results(&rates);
  end();
}

/* --- Which role ------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  void (*play)(void);
} roles[] = {
    {"pull", pull},
    {"push", push},
    {"inproc-thr", inproc_thr},
    {"rep", rep},
    {"rep-behind", rep_behind},
    {"req", req},
    {"inproc-lat", inproc_lat},
    {"burst-pull", burst_pull},
    {"burst-push", burst_push},
    {"pub", pub},
    {"sub", sub},
    {"share-push", share_push},
    {"share-pull", share_pull},
    {"steady-push", steady_push},
    {"steady-pull", steady_pull},
    {"broker", broker},
    {"worker", worker},
    {"client", client},
};

int main(int argc, char **argv) {
  static int64_t limit;
  if (argc == 2 && strcmp(argv[1], "version") == 0) {
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    printf("%d.%d.%d\n", major, minor, patch);
    return 0;
  }
  if (argc < 2) {
    fail("usage: zmq_bench ROLE KEY=VALUE... or zmq_bench version");
  }
  argument_count = argc - 2;
  argument_list = argv + 2;
  size = (size_t) number("size", NULL, 8, 1 << 30);
  threads = (int) number("threads", "1", 1, THREADS_MAX);
  compute_nanos = (int64_t) number("compute-micros", "0", 0, 1000000) * 1000;
  polls = number("polls", "0", 0, 1) == 1;
  if (text_or("windows", NULL) != NULL) {
    warm_nanos = nanos("warm");
    windows = (int) number("windows", NULL, 1, WINDOWS_MAX);
    window_nanos = nanos("window");
  }
  limit = nanos("limit");
  start_thread(watch_input, NULL);
  start_thread(watch_limit, &limit);
  context = must(zmq_ctx_new(), "zmq_ctx_new");
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
    if (strcmp(argv[1], roles[i].name) == 0) {
      roles[i].play();
      pause(); /* the watchers end the process */
    }
  }
  fail("'%s' is not a role", argv[1]);
}
