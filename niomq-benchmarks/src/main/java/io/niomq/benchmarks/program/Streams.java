package io.niomq.benchmarks.program;

import java.io.IOException;

/** PUSH to PULL, as fast as it goes. */
final class Streams {
  private static final int OCTETS_BETWEEN_CLOCKS = 256 << 10;
  private static final int MESSAGES_BETWEEN_CLOCKS = 256;

  private final Library library;
  private final Arguments arguments;
  private final int size;

  Streams(Library library, Arguments arguments) {
    this.library = library;
    this.arguments = arguments;
    size = arguments.number("size");
  }

  void pull() throws IOException {
    Port pull = library.open(Pattern.PULL, size);
    Output.endpoint(pull.bind(arguments.text("bind")));
    measure(pull);
  }

  void push() throws IOException {
    Port push = library.open(Pattern.PUSH, size);
    push.connect(arguments.connect().get(0));
    sendForEver(push);
  }

  /** Both in this process, each with its thread. */
  void within() throws IOException {
    Port pull = library.open(Pattern.PULL, size);
    Port push = library.open(Pattern.PUSH, size);
    pull.bind("inproc://streams");
    push.connect("inproc://streams");
    Lifetime.daemon("push", () -> sendForEver(push));
    measure(pull);
  }

  private void sendForEver(Port push) throws IOException {
    byte[] body = new byte[size];
    long sequence = 0;
    while (true) {
      sequence = send(push, body, sequence);
    }
  }

  private static long send(Port push, byte[] body, long sequence) throws IOException {
    for (int i = 0; i < MESSAGES_BETWEEN_CLOCKS; i++) {
      Body.set(body, Body.SEQUENCE, sequence++);
      push.send(body);
    }
    return sequence;
  }

  private void measure(Port pull) throws IOException {
    int batch = Math.max(1, Math.min(MESSAGES_BETWEEN_CLOCKS, OCTETS_BETWEEN_CLOCKS / size));
    Rates rates = Rates.of(arguments);
    long sequence = receive(pull, 1, 0);
    while (rates.tick(System.nanoTime(), sequence)) {
      sequence = receive(pull, batch, sequence);
    }
    Output.rates(rates.all());
    Output.end();
  }

  private long receive(Port pull, int count, long sequence) throws IOException {
    for (int i = 0; i < count; i++) {
      Body.check(pull, pull.recv(), size, sequence++);
    }
    return sequence;
  }
}
