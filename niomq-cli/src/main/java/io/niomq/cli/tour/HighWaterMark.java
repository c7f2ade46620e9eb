package io.niomq.cli.tour;

import static io.niomq.cli.tour.Patience.open;

import io.niomq.Context;
import io.niomq.DropReason;
import io.niomq.Socket;
import io.niomq.SocketType;

/**
 * High-water marks: no queue grows without limit; some sockets wait there, others drop and count.
 */
final class HighWaterMark implements Stop {
  /** 1,000 of the sender and 1,000 of the receiver, who share one queue over inproc. */
  private static final int ROOM = 2000;

  private static final int PUBLICATIONS = 2500;

  @Override
  public About about() {
    return new About(
        "hwm",
        "A high-water mark reached",
        "inproc, 1 process",
        "Nobody reads: a PUSH is told to wait when the queue is full, a PUB drops and keeps count.");
  }

  @Override
  public void run(Stage stage) {
    try (Context context = Context.create()) {
      waits(stage, context);
      drops(stage, context);
    }
  }

  private static void waits(Stage stage, Context context) {
    try (Socket pull = open(context, SocketType.PULL);
        Socket push = open(context, SocketType.PUSH)) {
      pull.bind("inproc://waits");
      push.connect("inproc://waits");
      int accepted = 0;
      while (accepted <= ROOM && push.trySend(Integer.toString(accepted))) {
        accepted++;
      }
      stage.expect("messages that a PUSH took before it was full", ROOM, accepted);

      int inOrder = 0;
      for (String message = pull.tryRecvString(); message != null; message = pull.tryRecvString()) {
        inOrder += message.equals(Integer.toString(inOrder)) ? 1 : 0;
      }
      stage.expect("messages received, in order", accepted, inOrder);
      stage.expect("there is room again", true, push.trySend("one more"));
      pull.recv();
      stage.delivered(inOrder + 1);
    }
  }

  private static void drops(Stage stage, Context context) {
    try (Socket publisher = open(context, SocketType.XPUB);
        Socket subscriber = open(context, SocketType.SUB)) {
      publisher.bind("inproc://drops");
      subscriber.subscribe("");
      subscriber.connect("inproc://drops");
      publisher.recv(); // the subscription has come
      for (int i = 0; i < PUBLICATIONS; i++) {
        publisher.send("update");
      }
      int received = 0;
      while (subscriber.tryRecv() != null) {
        received++;
      }
      stage.say("publisher", "sent %,d updates without waiting", PUBLICATIONS);
      stage.expect("updates that a SUB found when it came to read", ROOM, received);
      stage.expect(
          "updates dropped at the high-water mark, and counted",
          (long) PUBLICATIONS - ROOM,
          publisher.drops().getOrDefault(DropReason.HIGH_WATER_MARK, 0L));
      stage.delivered(received);
    }
  }
}
