package io.niomq.benchmarks.program;

import java.io.IOException;

/**
 * One socket that sends as fast as it goes to several, with a thread each: a PUB to SUBs, or a PUSH
 * that shares its messages out to PULLs. At its high-water mark a PUB drops, which is allowed; what
 * the gaps in the sequence say is lost is reported.
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
    send(Pattern.PUB);
  }

  void sharePush() throws IOException {
    send(Pattern.PUSH);
  }

  private void send(Pattern type) throws IOException {
    Port sender = library.open(type, size);
    Output.endpoint(sender.bind(arguments.text("bind")));
    byte[] body = new byte[size];
    for (long sequence = 0; true; sequence++) {
      Body.set(body, Body.SEQUENCE, sequence);
      sender.send(body);
    }
  }

  void sub() throws IOException, InterruptedException {
    Counters delivered = new Counters(arguments.number("threads"));
    Counters lost = new Counters(arguments.number("threads"));
    start(Pattern.SUB, delivered, lost);
    long[] before = new long[2];
    Rates rates =
        delivered.measure(
            arguments,
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

  void sharePull() throws IOException, InterruptedException {
    Counters delivered = new Counters(arguments.number("threads"));
    Counters others = new Counters(arguments.number("threads"));
    start(Pattern.PULL, delivered, others);
    Output.rates(delivered.measure(arguments, () -> {}).all());
    Output.end();
  }

  private void start(Pattern type, Counters delivered, Counters gaps) throws IOException {
    for (int i = 0; i < arguments.number("threads"); i++) {
      int index = i;
      Port receiver = library.open(type, size);
      receiver.connect(arguments.connect().get(0));
      Lifetime.daemon("receiver-" + i, () -> receive(receiver, index, delivered, gaps));
    }
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
