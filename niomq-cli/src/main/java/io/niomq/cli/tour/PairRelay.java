package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;

/** PAIR: three threads pass a signal on, each when it is ready. */
final class PairRelay implements Stop {
  @Override
  public About about() {
    return new About(
        "relay",
        "A relay between threads: PAIR",
        "inproc, 1 process",
        "Step 1 signals step 2, step 2 signals step 3, each over a PAIR of its own.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    try (Context context = Context.create();
        Socket step3 = open(context, SocketType.PAIR)) {
      step3.bind("inproc://step3");
      stage.start("step 2", () -> step2(stage, context));
      String signal = step3.recvString();
      stage.say("step 3", "received " + signal);
      stage.delivered(1);
      stage.join();
      stage.expect("the signal went through", "READY from step 1 and step 2", signal);
    }
  }

  private static void step2(Stage stage, Context context) {
    try (Socket step2 = open(context, SocketType.PAIR)) {
      step2.bind("inproc://step2");
      stage.start("step 1", () -> step1(stage, context));
      String signal = step2.recvString();
      stage.delivered(1);
      try (Socket step3 = open(context, SocketType.PAIR)) {
        step3.connect("inproc://step3");
        stage.say("step 2", "received " + signal + ", is ready too, signals step 3");
        step3.send(signal + " and step 2");
      }
    }
  }

  private static void step1(Stage stage, Context context) {
    try (Socket step2 = open(context, SocketType.PAIR)) {
      step2.connect("inproc://step2");
      stage.say("step 1", "is ready, signals step 2");
      step2.send("READY from step 1");
    }
  }
}
