package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.Proxy;
import io.niomq.Socket;
import io.niomq.SocketType;

/**
 * XSUB and XPUB: a proxy in the middle, so that publishers and subscribers need not know each
 * other.
 */
final class Forwarder implements Stop {
  /**
   * Few enough for the high-water marks, so that nothing is dropped however slow the subscribers
   * are.
   */
  private static final int MESSAGES = 400;

  private static final String PUBLISHERS = "inproc://publishers";

  @Override
  public About about() {
    return new About(
        "forwarder",
        "Publishers and subscribers behind a proxy",
        "inproc to tcp, 1 process",
        "Two publishers, a proxy of XSUB and XPUB, two subscribers: one wants news, one wants all.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    try (Context context = Context.create();
        Socket frontend = open(context, SocketType.XSUB);
        Socket backend = open(context, SocketType.XPUB)) {
      frontend.bind(PUBLISHERS);
      String subscribers = backend.bind("tcp://127.0.0.1:*");
      try (Proxy proxy = Proxy.between(frontend, backend).start()) {
        stage.start("publisher 1", () -> publish(stage, context, "news"));
        stage.start("publisher 2", () -> publish(stage, context, "sport"));
        stage.start("subscriber 1", () -> subscribe(stage, context, subscribers, "news", 1));
        stage.start("subscriber 2", () -> subscribe(stage, context, subscribers, "", 2));
        stage.join();
        stage.expect("the proxy is still running", true, proxy.isRunning());
      }
    }
  }

  private static void publish(Stage stage, Context context, String topic) {
    try (Socket publisher = open(context, SocketType.XPUB)) {
      publisher.connect(PUBLISHERS);
      for (int i = 0; i < 2; i++) { // the subscriptions travel through the proxy to every publisher
        String prefix = publisher.recvString().substring(1);
        stage.say(topic, "saw a subscription to \"" + prefix + "\" through the proxy");
      }
      for (int i = 1; i <= MESSAGES; i++) {
        publisher.send(topic + " " + i);
      }
      stage.say(topic, "published " + MESSAGES + " messages");
    }
  }

  private static void subscribe(
      Stage stage, Context context, String endpoint, String prefix, int topics) {
    try (Socket subscriber = open(context, SocketType.SUB)) {
      subscriber.subscribe(prefix);
      subscriber.connect(endpoint);
      int news = 0;
      int sport = 0;
      for (int i = 0; i < topics * MESSAGES; i++) {
        String message = subscriber.recvString();
        if (message.equals("news " + (news + 1))) {
          news++;
        } else if (message.equals("sport " + (sport + 1))) {
          sport++;
        }
      }
      String who = "the subscriber to \"" + prefix + "\" received in order, ";
      stage.expect(who + "news", MESSAGES, news);
      stage.expect(who + "sport", topics == 2 ? MESSAGES : 0, sport);
      stage.delivered(news + sport);
    }
  }
}
