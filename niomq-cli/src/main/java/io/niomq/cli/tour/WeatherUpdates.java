package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.DropReason;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.util.Random;

/** PUB and SUB: everybody hears what they subscribed to, by the beginning of the message. */
final class WeatherUpdates implements Stop {
  private static final int PLACES = 110;
  private static final int UPDATES_A_PLACE = 100;
  private static final int NEW_YORK = 10001;
  private static final int SAN_FRANCISCO = 94103;

  @Override
  public About about() {
    return new About(
        "weather",
        "Weather updates: PUB and SUB by prefix",
        "ipc, 3 processes",
        "A publisher tells the weather of 110 places; two clients each hear of the one they want.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    try (Context context = Context.create();
        Socket publisher = open(context, SocketType.XPUB)) { // a PUB that sees subscriptions come
      String endpoint = publisher.bind(stage.ipc("weather"));
      PeerProcess newYork = stage.process("weather-client", "new york", endpoint, NEW_YORK + " ");
      PeerProcess sanFrancisco =
          stage.process("weather-client", "san francisco", endpoint, SAN_FRANCISCO + " ");
      for (int i = 0; i < 2; i++) {
        String prefix = publisher.recvString().substring(1); // after the octet that means subscribe
        stage.say("publisher", "somebody subscribed to \"" + prefix + "\"");
      }

      Random weather = new Random(1);
      long newYorkSum = 0;
      long sanFranciscoSum = 0;
      for (int i = 0; i < PLACES * UPDATES_A_PLACE; i++) {
        int zipCode = NEW_YORK + 786 * (i % PLACES);
        int fahrenheit = weather.nextInt(120) - 20;
        publisher.send(zipCode + " " + fahrenheit);
        newYorkSum += zipCode == NEW_YORK ? fahrenheit : 0;
        sanFranciscoSum += zipCode == SAN_FRANCISCO ? fahrenheit : 0;
      }
      stage.say("publisher", "sent %,d updates of %d places", PLACES * UPDATES_A_PLACE, PLACES);

      stage.expect("the temperatures in New York sum up to", newYorkSum, sum(newYork));
      stage.expect("those in San Francisco to", sanFranciscoSum, sum(sanFrancisco));
      stage.delivered(2 * UPDATES_A_PLACE);
      stage.expect(
          "updates that nobody had asked for, counted and not sent",
          (PLACES - 2L) * UPDATES_A_PLACE,
          publisher.drops().getOrDefault(DropReason.NO_SUBSCRIBER, 0L));
    }
  }

  private static long sum(PeerProcess client) throws InterruptedException {
    return Long.parseLong(client.await("received 100 updates; degrees Fahrenheit in all: "));
  }

  /** A client: wants the updates of one place. */
  static void client(String... arguments) {
    String endpoint = arguments[0];
    String prefix = arguments[1];
    try (Context context = Context.create();
        Socket subscriber = open(context, SocketType.SUB)) {
      subscriber.subscribe(prefix);
      subscriber.connect(endpoint);
      long sum = 0;
      for (int i = 0; i < UPDATES_A_PLACE; i++) {
        String update = subscriber.recvString();
        if (!update.startsWith(prefix)) {
          throw new IllegalStateException("not subscribed to: " + update);
        }
        sum += Integer.parseInt(update.substring(prefix.length()));
      }
      System.out.println("average temperature: " + sum / UPDATES_A_PLACE + " F");
      System.out.println(
          "received " + UPDATES_A_PLACE + " updates; degrees Fahrenheit in all: " + sum);
    }
  }
}
