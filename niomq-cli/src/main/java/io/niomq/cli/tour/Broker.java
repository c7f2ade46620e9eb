package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.Proxy;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** ROUTER and DEALER: a broker shares the requests of many clients out to many workers. */
final class Broker implements Stop {
  private static final int CLIENTS = 3;
  private static final int REQUESTS_A_CLIENT = 20;

  @Override
  public About about() {
    return new About(
        "broker",
        "A broker: ROUTER and DEALER",
        "tcp to ipc, 3 processes",
        "Three clients send requests to a broker, two worker processes behind it answer them.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    try (Context context = Context.create();
        Socket frontend = open(context, SocketType.ROUTER);
        Socket backend = open(context, SocketType.DEALER)) {
      Handshakes connected = Handshakes.of(backend);
      String clients = frontend.bind("tcp://127.0.0.1:*");
      String workers = backend.bind(stage.ipc("workers"));
      List<PeerProcess> processes =
          List.of(
              stage.process("broker-worker", "worker A", "A", workers),
              stage.process("broker-worker", "worker B", "B", workers));
      connected.await(processes.size());

      Map<String, Integer> served = new ConcurrentHashMap<>();
      try (Proxy broker = Proxy.between(frontend, backend).start()) {
        for (int i = 1; i <= CLIENTS; i++) {
          String name = "client " + i;
          stage.start(name, () -> client(stage, context, clients, name, served));
        }
        stage.join();
        stage.expect("the broker is still running", true, broker.isRunning());
      }
      stage.say("broker", "requests by worker: " + served);
      stage.expect(
          "requests answered",
          CLIENTS * REQUESTS_A_CLIENT,
          served.values().stream().mapToInt(Integer::intValue).sum());
      stage.expect("workers that took a share", processes.size(), served.size());
      for (PeerProcess worker : processes) {
        worker.end();
      }
    }
  }

  private static void client(
      Stage stage, Context context, String endpoint, String name, Map<String, Integer> served) {
    try (Socket client = open(context, SocketType.REQ)) {
      client.connect(endpoint);
      int own = 0;
      for (int i = 1; i <= REQUESTS_A_CLIENT; i++) {
        String request = "request " + i + " of " + name;
        client.send(request);
        List<String> reply = client.recvMessage().strings(); // what was asked, and who answers
        own += reply.get(0).equals(request) ? 1 : 0;
        served.merge(reply.get(1), 1, Integer::sum);
        stage.delivered(2);
      }
      stage.expect("replies to " + name + " that were its own", REQUESTS_A_CLIENT, own);
    }
  }

  /** A worker: serves until it is ended. */
  static void worker(String... arguments) {
    String name = arguments[0];
    try (Context context = Context.create();
        Socket worker = open(context, SocketType.REP)) {
      worker.connect(arguments[1]);
      while (true) {
        String request = worker.recvString();
        worker.sendMore(request).send(name);
      }
    }
  }
}
