package io.niomq.benchmarks.program;

import java.io.IOException;

/**
 * One PUB that sends as fast as it goes, and several SUBs with a thread each. At its high-water
 * mark a PUB drops, which is allowed; what the gaps in the sequence say is lost is reported.
 */
final class Broadcast {
  private final Library library;
  private final Arguments arguments;
  private final int size;

  Broadcast(Library library, Arguments arguments) {
    this.library = library;
    this.arguments = arguments;
    size = arguments.number("size");
  }

  void pub() throws IOException {
    Port pub = library.open(Pattern.PUB, size);
    Output.endpoint(pub.bind(arguments.text("bind")));
    byte[] body = new byte[size];
    for (long sequence = 0; true; sequence++) {
      Body.set(body, Body.SEQUENCE, sequence);
      pub.send(body);
    }
  }

  void sub() throws IOException, InterruptedException {
    int subscribers = arguments.number("threads");
    Counters delivered = new Counters(subscribers);
    Counters lost = new Counters(subscribers);
    for (int i = 0; i < subscribers; i++) {
      int index = i;
      Port sub = library.open(Pattern.SUB, size);
      sub.connect(arguments.connect().get(0));
      Lifetime.daemon("sub-" + i, () -> receive(sub, index, delivered, lost));
    }
    long[] before = new long[2];
    Rates rates =
        delivered.measure(
            Schedule.of(arguments),
            () -> {
              before[0] = delivered.sum();
              before[1] = lost.sum();
            });
    long deliveredThen = delivered.sum() - before[0];
    long lostThen = lost.sum() - before[1];
    Output.rates(rates.all());
    Output.result("lost", lostThen);
    Output.result("lost-percent", 100.0 * lostThen / (deliveredThen + lostThen));
    Output.end();
  }

  private void receive(Port sub, int index, Counters delivered, Counters lost) throws IOException {
    long count = 0;
    long missing = 0;
    long expected = -1; // whatever comes first
    while (true) {
      Body.checkSize(sub.recv(), size);
      long sequence = sub.longAt(Body.SEQUENCE);
      if (sequence != expected && expected >= 0) {
        if (sequence < expected) {
          throw new IllegalStateException(
              "received message number " + sequence + " after " + (expected - 1));
        }
        missing += sequence - expected;
        lost.set(index, missing);
      }
      expected = sequence + 1;
      delivered.set(index, ++count);
    }
  }
}
