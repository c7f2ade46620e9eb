package io.niomq.benchmarks.program;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * PUSH sends so many messages at once, every 200 microseconds; PULL measures from the planned start
 * of each burst to the arrival of its last message. A sender that is late does not move the plan,
 * so the wait of a burst for the one before it counts. The clock is CLOCK_MONOTONIC, which all
 * processes of a machine share.
 */
final class Bursts {
  private static final long PERIOD_NANOS = 200_000;

  /** In the first half of the time for warming up: the compilers need calls, not pauses. */
  private static final long WARMING_PERIOD_NANOS = 20_000;

  private final Library library;
  private final Arguments arguments;
  private final int size;
  private final int burst;

  Bursts(Library library, Arguments arguments) {
    this.library = library;
    this.arguments = arguments;
    size = arguments.number("size");
    burst = arguments.number("burst");
  }

  void push() throws IOException {
    Port push = library.open(Pattern.PUSH, size);
    push.connect(arguments.connect().get(0));
    SharedWord arrival = arrival();
    byte[] body = new byte[size];
    long sequence = 0;
    long arrived = 0;
    long halfWarm = System.nanoTime() + Schedule.of(arguments).warmNanos() / 2;
    long period = WARMING_PERIOD_NANOS;
    long start = System.nanoTime() + PERIOD_NANOS;
    for (long number = 0; true; number++) {
      Body.set(body, Body.PLANNED_START, waitUntil(start));
      for (int i = 0; i < burst; i++) {
        Body.set(body, Body.SEQUENCE, sequence++);
        Body.set(body, Body.BURST_AND_INDEX, number << 32 | i);
        push.send(body);
      }
      if (arrival != null) {
        arrived = arrival.awaitOther(arrived);
        start = arrived;
      }
      if (period != PERIOD_NANOS && System.nanoTime() - halfWarm >= 0) {
        period = PERIOD_NANOS;
        start = System.nanoTime(); // the plan begins
      }
      start += period;
    }
  }

  /** Sleeps until {@code time}; returns when the burst begins: then, or earlier for who is late. */
  private static long waitUntil(long time) {
    long now = System.nanoTime();
    if (now >= time) {
      return time;
    }
    do {
      LockSupport.parkNanos(time - now);
      now = System.nanoTime();
    } while (now < time);
    return now;
  }

  void pull() throws IOException {
    Port pull = library.open(Pattern.PULL, size);
    Output.endpoint(pull.bind(arguments.text("bind")));
    SharedWord arrival = arrival();
    long sequence = 0;
    Latencies latencies = null;
    for (long number = 0; true; number++) {
      for (int i = 0; i < burst; i++) {
        Body.check(pull, pull.recv(), size, sequence++);
        checkPlace(pull.longAt(Body.BURST_AND_INDEX), number << 32 | i);
      }
      long now = System.nanoTime();
      if (latencies == null) {
        latencies = new Latencies(Schedule.of(arguments), now);
      }
      if (!latencies.record(now, now - pull.longAt(Body.PLANNED_START))) {
        break;
      }
      if (arrival != null) {
        arrival.set(now);
      }
    }
    Output.latencies(latencies.windows());
    Output.end();
  }

  private static void checkPlace(long actual, long expected) {
    if (actual != expected) {
      throw new IllegalStateException(
          "received message "
              + (int) actual
              + " of burst "
              + (actual >> 32)
              + " instead of "
              + (int) expected
              + " of "
              + (expected >> 32));
    }
  }

  /** Where the receiver tells the sender, if the next burst is to wait for that. */
  private SharedWord arrival() throws IOException {
    return arguments.has("arrival") ? new SharedWord(arguments.text("arrival")) : null;
  }
}
