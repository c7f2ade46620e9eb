package io.niomq.cli.tour;

import static io.niomq.SocketOptions.FOREVER;

import io.niomq.CloseReport;
import io.niomq.Context;
import io.niomq.Errno;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketType;
import io.niomq.ZmqException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** ETERM: closing a context ends every call that waits in one of its sockets. */
final class EndOfContext implements Stop {
  @Override
  public About about() {
    return new About(
        "eterm",
        "A context closed under blocked calls",
        "tcp and inproc, 1 process",
        "Three threads wait for ever in send, receive and poll; closing the context ends all three.");
  }

  @Override
  public void run(Stage stage) throws Exception {
    Map<String, Errno> ends = new ConcurrentHashMap<>();
    try (Context context = Context.create()) {
      Socket push = context.socket(SocketType.PUSH); // nobody is there to send to
      Socket reply = context.socket(SocketType.REP);
      Socket pull = context.socket(SocketType.PULL);
      push.bind("tcp://127.0.0.1:*");
      reply.bind("tcp://127.0.0.1:*");
      pull.bind("inproc://nothing-comes");
      Poller poller = context.poller().register(pull, Poller.IN);
      List<Thread> blocked =
          List.of(
              blockedCall(stage, ends, "send", () -> push.send("Is anybody there?", FOREVER)),
              blockedCall(stage, ends, "receive", () -> reply.recv(FOREVER)),
              blockedCall(stage, ends, "poll", () -> poller.poll(FOREVER)));
      for (Thread thread : blocked) {
        awaitBlocked(thread);
      }
      stage.say("main", "all three wait; closes the context");
      long start = System.nanoTime();
      CloseReport report = context.close(Patience.LIMIT);
      stage.say("main", "closed after %.1f ms", (System.nanoTime() - start) / 1e6);
      stage.join();
      poller.close();
      stage.expect("sockets that the context closed itself", 3, report.closedByContext().size());
    }
    stage.expect(
        "how the three calls ended",
        Map.of("send", Errno.ETERM, "receive", Errno.ETERM, "poll", Errno.ETERM),
        new TreeMap<>(ends));
  }

  private static Thread blockedCall(
      Stage stage, Map<String, Errno> ends, String name, Action call) {
    return stage.start(
        name,
        () -> {
          try {
            call.run();
            stage.fail(name + " returned, although there was nothing to wait for");
          } catch (ZmqException e) {
            ends.put(name, e.errno());
            stage.say(name, "ended with " + e.errno() + ": " + e.errno().text());
          }
        });
  }

  /** Waits until a thread does nothing but wait: parked, or in a system call. */
  private static void awaitBlocked(Thread thread) throws InterruptedException {
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      StackTraceElement[] stack = thread.getStackTrace();
      if (stack.length > 0 && stack[0].isNativeMethod()) {
        return;
      }
      thread.join(1);
    }
    throw new IllegalStateException(thread.getName() + " does not wait");
  }
}
