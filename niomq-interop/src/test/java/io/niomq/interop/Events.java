package io.niomq.interop;

import io.niomq.Socket;
import io.niomq.SocketEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The events of one socket, in order. For one reading thread. */
final class Events {
  private final BlockingQueue<SocketEvent> events = new LinkedBlockingQueue<>();
  private final List<SocketEvent> seen = new ArrayList<>();

  private Events() {}

  static Events of(Socket socket) {
    Events events = new Events();
    socket.onEvent(events.events::add);
    return events;
  }

  /** The next event of one of these types; others are passed over. */
  SocketEvent await(SocketEvent.Type first, SocketEvent.Type... others) {
    Set<SocketEvent.Type> wanted = EnumSet.of(first, others);
    long deadline = System.nanoTime() + NioSockets.LONGEST_WAIT.toNanos();
    try {
      while (true) {
        SocketEvent event =
            events.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (event == null) {
          throw new AssertionError("no event " + first + Arrays.toString(others) + "; saw " + seen);
        }
        seen.add(event);
        if (wanted.contains(event.type())) {
          return event;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted; saw " + seen, e);
    }
  }
}
