package io.niomq.benchmarks.program;

import java.io.IOException;

/**
 * DEALER clients, a proxy of ROUTER and DEALER, and DEALER workers that send every message back.
 * Each client keeps a number of messages on the way. Replies may come in any order, so each message
 * has a slot as well: the client knows which sequence number is on the way there.
 */
final class Brokered {
  private final Library library;
  private final Arguments arguments;
  private final int size;

  Brokered(Library library, Arguments arguments) {
    this.library = library;
    this.arguments = arguments;
    size = arguments.number("size");
  }

  /** Its first endpoint is for clients, its second one for workers. */
  void broker() throws IOException {
    Port frontend = library.open(Pattern.ROUTER, size);
    Port backend = library.open(Pattern.DEALER, size);
    Output.endpoint(frontend.bind(arguments.text("bind")));
    Output.endpoint(backend.bind(arguments.text("bind")));
    library.proxy(frontend, backend);
  }

  void worker() throws IOException {
    for (int i = 0; i < arguments.number("threads"); i++) {
      Port worker = library.open(Pattern.DEALER, size);
      worker.connect(arguments.connect().get(1));
      Lifetime.daemon("worker-" + i, () -> answer(worker));
    }
  }

  private void answer(Port worker) throws IOException {
    while (true) {
      Body.checkSize(worker.echo(), size);
    }
  }

  void client() throws IOException, InterruptedException {
    int clients = arguments.number("threads");
    Counters answered = new Counters(clients);
    for (int i = 0; i < clients; i++) {
      int index = i;
      Port client = library.open(Pattern.DEALER, size);
      client.connect(arguments.connect().get(0));
      Lifetime.daemon("client-" + i, () -> ask(client, index, answered));
    }
    Output.rates(answered.measure(arguments, () -> {}).all());
    Output.end();
  }

  private void ask(Port client, int index, Counters answered) throws IOException {
    long[] onTheWay = new long[arguments.number("outstanding")];
    byte[] body = new byte[size];
    long sequence = 0;
    for (int slot = 0; slot < onTheWay.length; slot++) {
      onTheWay[slot] = sequence;
      send(client, body, slot, sequence++);
    }
    for (long count = 1; true; count++) {
      Body.checkSize(client.recv(), size);
      int slot = (int) client.longAt(Body.SLOT);
      long answer = client.longAt(Body.SEQUENCE);
      if (onTheWay[slot] != answer) {
        throw new IllegalStateException(
            "received message number " + answer + " instead of " + onTheWay[slot]);
      }
      answered.set(index, count);
      onTheWay[slot] = sequence;
      send(client, body, slot, sequence++);
    }
  }

  private static void send(Port client, byte[] body, int slot, long sequence) throws IOException {
    Body.set(body, Body.SEQUENCE, sequence);
    Body.set(body, Body.SLOT, slot);
    client.send(body);
  }
}
