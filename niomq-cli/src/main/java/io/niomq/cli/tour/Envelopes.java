package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.util.List;

/** Envelopes: frames in front of the content, for a key to filter by or an address to reply to. */
final class Envelopes implements Stop {
  @Override
  public About about() {
    return new About(
        "envelopes",
        "Envelopes: keys and addresses",
        "inproc and tcp, 1 process",
        "A key in front of a publication decides who gets it; an address finds the way back.");
  }

  @Override
  public void run(Stage stage) {
    try (Context context = Context.create()) {
      publications(stage, context);
      requests(stage, context);
    }
  }

  private static void publications(Stage stage, Context context) {
    try (Socket publisher = open(context, SocketType.XPUB);
        Socket subscriber = open(context, SocketType.SUB)) {
      publisher.bind("inproc://publications");
      subscriber.subscribe("B");
      subscriber.connect("inproc://publications");
      publisher.recv(); // the subscription has come

      publisher.sendMore("A").sendMore("paris").send("We do not want to see this");
      publisher.sendMore("A").sendMore("paris").send("B, but not in the key");
      publisher.sendMore("B").sendMore("paris").send("We would like to see this");
      List<String> received = subscriber.recvMessage().strings();
      stage.say("subscriber", "received " + received);
      stage.delivered(1);
      stage.expect(
          "key, address and content", List.of("B", "paris", "We would like to see this"), received);
      stage.expect("nothing else came", true, subscriber.tryRecv() == null);
    }
  }

  private static void requests(Stage stage, Context context) {
    try (Socket router = open(context, SocketType.ROUTER);
        Socket client = open(context, SocketType.REQ)) {
      client.connect(router.bind("tcp://127.0.0.1:*"));
      client.send("Hello");
      Message request = router.recvMessage();
      stage.say("router", "received " + request);
      stage.delivered(1);
      stage.expect(
          "frames of a request at a ROUTER: address, empty, content", 3, request.frameCount());
      stage.expect("octets of an address that the ROUTER made up", 5, request.size(0));
      stage.expect(
          "the empty frame and the content", List.of("", "Hello"), request.strings().subList(1, 3));
      request.removeLast();
      router.send(request.add("World"));
      String reply = client.recvString();
      stage.delivered(1);
      stage.expect("what the client sees of all that", "World", reply);
    }
  }
}
