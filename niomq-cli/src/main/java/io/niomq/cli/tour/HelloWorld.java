package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;

/** REQ and REP: a client asks, a server in another process answers, in strict turns. */
final class HelloWorld implements Stop {
  private static final int REQUESTS = 5;

  @Override
  public About about() {
    return new About(
        "hello",
        "Hello world: REQ and REP",
        "tcp, 2 processes",
        "A client says Hello, a server in another process answers World, in turns.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    PeerProcess server = stage.process("hello-server", "server");
    String endpoint = server.await("bound to ");
    int answered = 0;
    try (Context context = Context.create();
        Socket client = open(context, SocketType.REQ)) {
      client.connect(endpoint);
      for (int i = 1; i <= REQUESTS; i++) {
        client.send("Hello " + i);
        String reply = client.recvString();
        stage.say("client", "sent Hello " + i + ", received " + reply);
        stage.delivered(2);
        answered += reply.equals("World " + i) ? 1 : 0;
      }
    }
    server.end();
    stage.expect("requests answered, each with its own World", REQUESTS, answered);
  }

  /** The server: serves until it is ended. */
  static void server(String... arguments) {
    try (Context context = Context.create();
        Socket server = open(context, SocketType.REP)) {
      System.out.println("bound to " + server.bind("tcp://127.0.0.1:*"));
      while (true) {
        String request = server.recvString();
        System.out.println("received " + request);
        server.send(request.replace("Hello", "World"));
      }
    }
  }
}
