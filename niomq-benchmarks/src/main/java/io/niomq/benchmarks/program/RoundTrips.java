package io.niomq.benchmarks.program;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * REQ to REP and back, one after the other, in one or several threads with sockets of their own;
 * half the time of a round trip is reported.
 */
final class RoundTrips {
  private final Library library;
  private final Arguments arguments;
  private final int size;
  private final int threads;

  /** Both sides wait in a poller, as those do who have several sockets. */
  private final boolean polls;

  /** How long a client computes before each call. */
  private final long computeNanos;

  RoundTrips(Library library, Arguments arguments) {
    this.library = library;
    this.arguments = arguments;
    size = arguments.number("size");
    threads = arguments.number("threads", 1);
    polls = arguments.number("polls", 0) == 1;
    computeNanos = arguments.number("compute-micros", 0) * 1000L;
  }

  /** Each thread answers at an endpoint of its own. */
  void rep() throws IOException {
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      ports.add(library.open(Pattern.REP, size));
      Output.endpoint(ports.get(i).bind(arguments.text("bind")));
    }
    for (Port port : ports.subList(1, threads)) {
      Lifetime.daemon("rep", () -> answer(port));
    }
    answer(ports.get(0));
  }

  /** Answers at the second endpoint, behind a broker. */
  void repBehind() throws IOException {
    Port port = library.open(Pattern.REP, size);
    port.connect(arguments.connect().get(1));
    answer(port);
  }

  void req() throws IOException, InterruptedException {
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      ports.add(library.open(Pattern.REQ, size));
      ports.get(i).connect(arguments.connect().get(i));
    }
    measure(ports);
  }

  /** Both in this process, each with its thread. */
  void within() throws IOException, InterruptedException {
    Port rep = library.open(Pattern.REP, size);
    Port req = library.open(Pattern.REQ, size);
    rep.bind("inproc://round-trips");
    req.connect("inproc://round-trips");
    Lifetime.daemon("rep", () -> answer(rep));
    measure(List.of(req));
  }

  private void answer(Port rep) throws IOException {
    byte[] body = new byte[size];
    for (long sequence = 0; true; sequence++) {
      Body.check(rep, recv(rep), size, sequence);
      Body.set(body, Body.SEQUENCE, sequence);
      rep.send(body);
    }
  }

  private int recv(Port port) throws IOException {
    if (polls) {
      port.await();
    }
    return port.recv();
  }

  private void measure(List<Port> ports) throws IOException, InterruptedException {
    Schedule schedule = Schedule.of(arguments);
    long now = System.nanoTime();
    List<Latencies> latencies = new ArrayList<>();
    List<Thread> others = new ArrayList<>();
    for (Port port : ports) {
      Latencies own = new Latencies(schedule, now);
      latencies.add(own);
      if (port != ports.get(0)) {
        others.add(Lifetime.daemon("req", () -> ask(port, own)));
      }
    }
    ask(ports.get(0), latencies.get(0));
    for (Thread other : others) {
      other.join();
    }
    for (Latencies other : latencies.subList(1, latencies.size())) {
      latencies.get(0).add(other);
    }
    Output.latencies(latencies.get(0).windows());
    Output.end();
  }

  private void ask(Port req, Latencies latencies) throws IOException {
    byte[] body = new byte[size];
    long sequence = 0;
    long start;
    long end;
    do {
      if (computeNanos > 0 && latencies.isHalfWarm(System.nanoTime())) {
        compute();
      }
      Body.set(body, Body.SEQUENCE, sequence);
      start = System.nanoTime();
      req.send(body);
      int received = recv(req);
      end = System.nanoTime();
      Body.check(req, received, size, sequence++);
    } while (latencies.record(end, (end - start) / 2));
  }

  private void compute() {
    long end = System.nanoTime() + computeNanos;
    while (System.nanoTime() - end < 0) {
      // only the time counts
    }
  }
}
