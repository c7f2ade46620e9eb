package io.niomq.benchmarks.program;

import java.io.IOException;

/**
 * PUSH sends at a steady pace, with no pause that it could sleep through; PULL measures from the
 * planned time of each message to its arrival. A sender that is late does not move the plan. The
 * clock is CLOCK_MONOTONIC, which all processes of a machine share.
 */
final class Steady {
  private final Library library;
  private final Arguments arguments;
  private final int size;

  Steady(Library library, Arguments arguments) {
    this.library = library;
    this.arguments = arguments;
    size = arguments.number("size");
  }

  void push() throws IOException {
    Port push = library.open(Pattern.PUSH, size);
    push.connect(arguments.connect().get(0));
    long period = arguments.number("period-nanos");
    byte[] body = new byte[size];
    long planned = System.nanoTime();
    for (long sequence = 0; true; sequence++) {
      while (System.nanoTime() - planned < 0) {
        Thread.onSpinWait();
      }
      Body.set(body, Body.SEQUENCE, sequence);
      Body.set(body, Body.PLANNED_START, planned);
      push.send(body);
      planned += period;
    }
  }

  void pull() throws IOException {
    Port pull = library.open(Pattern.PULL, size);
    Output.endpoint(pull.bind(arguments.text("bind")));
    Latencies latencies = null;
    long now;
    long sequence = 0;
    do {
      Body.check(pull, pull.recv(), size, sequence++);
      now = System.nanoTime();
      if (latencies == null) {
        latencies = new Latencies(Schedule.of(arguments), now);
      }
    } while (latencies.record(now, now - pull.longAt(Body.PLANNED_START)));
    Output.latencies(latencies.windows());
    Output.end();
  }
}
