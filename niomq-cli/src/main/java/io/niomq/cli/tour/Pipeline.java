package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * PUSH and PULL: a ventilator hands out work, a sink collects the results and then stops the
 * workers.
 */
final class Pipeline implements Stop {
  private static final int WORKERS = 3;
  private static final int TASKS = 100;
  private static final int NUMBERS_A_TASK = 2000;

  /** How many primes there are below 200,000. */
  private static final int PRIMES = 17984;

  @Override
  public About about() {
    return new About(
        "pipeline",
        "Ventilator, workers, sink, and a kill signal",
        "tcp, 4 processes",
        "Three workers share 100 tasks: to count the primes below 200,000. Then a signal ends them.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    try (Context context = Context.create();
        Socket ventilator = open(context, SocketType.PUSH);
        Socket sink = open(context, SocketType.PULL);
        Socket control = open(context, SocketType.XPUB)) {
      Handshakes connected = Handshakes.of(ventilator);
      control.set(
          SocketOptions.XPUB_VERBOSE, true); // show each subscription, also to the same thing
      String tasks = ventilator.bind("tcp://127.0.0.1:*");
      String results = sink.bind("tcp://127.0.0.1:*");
      String signals = control.bind("tcp://127.0.0.1:*");

      List<PeerProcess> workers = new ArrayList<>();
      for (int i = 1; i <= WORKERS; i++) {
        String name = "worker " + i;
        workers.add(stage.process("pipeline-worker", name, name, tasks, results, signals));
      }
      connected.await(WORKERS); // or the first one would get all the tasks
      for (int i = 0; i < WORKERS; i++) {
        control.recv(); // a subscription: this worker will hear the signal
      }

      for (int i = 0; i < TASKS; i++) {
        ventilator.send(i * NUMBERS_A_TASK + " " + (i + 1) * NUMBERS_A_TASK);
      }
      stage.say("ventilator", "sent " + TASKS + " tasks");

      int primes = 0;
      Map<String, Integer> tasksDone = new TreeMap<>();
      for (int i = 0; i < TASKS; i++) {
        List<String> result = sink.recvMessage().strings();
        tasksDone.merge(result.get(0), 1, Integer::sum);
        primes += Integer.parseInt(result.get(1));
      }
      stage.say("sink", "received " + TASKS + " results: " + tasksDone);
      control.send("KILL");
      stage.say("sink", "sent KILL to all workers");

      stage.expect("primes below 200,000", PRIMES, primes);
      stage.expect("workers that took a share", WORKERS, tasksDone.size());
      int ended = 0;
      for (PeerProcess worker : workers) {
        worker.await("got KILL");
        ended += worker.exitCode() == 0 ? 1 : 0;
      }
      stage.expect("workers that ended by themselves at the signal", WORKERS, ended);
      stage.delivered(2 * TASKS + WORKERS);
    }
  }

  /** A worker: works until the signal comes. */
  static void worker(String... arguments) {
    String name = arguments[0];
    try (Context context = Context.create();
        Socket tasks = open(context, SocketType.PULL);
        Socket results = open(context, SocketType.PUSH);
        Socket control = open(context, SocketType.SUB);
        Poller poller = context.poller()) {
      tasks.connect(arguments[1]);
      results.connect(arguments[2]);
      control.subscribe("KILL");
      control.connect(arguments[3]);
      poller.register(tasks, Poller.IN).register(control, Poller.IN);
      int done = 0;
      while (poller.poll(Patience.LIMIT) > 0) {
        if (poller.isReadable(tasks)) {
          String[] range = tasks.recvString().split(" ");
          int primes = primes(Integer.parseInt(range[0]), Integer.parseInt(range[1]));
          results.sendMore(name).send(Integer.toString(primes));
          done++;
        }
        if (poller.isReadable(control)) {
          System.out.println("got " + control.recvString() + " after " + done + " tasks");
          return;
        }
      }
      throw new IllegalStateException("neither task nor signal came");
    }
  }

  private static int primes(int from, int to) {
    int primes = 0;
    for (int n = Math.max(from, 2); n < to; n++) {
      boolean prime = true;
      for (int d = 2; prime && d * d <= n; d++) {
        prime = n % d != 0;
      }
      primes += prime ? 1 : 0;
    }
    return primes;
  }
}
