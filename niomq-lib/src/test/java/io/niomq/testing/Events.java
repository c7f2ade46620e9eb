package io.niomq.testing;

import io.niomq.Socket;
import io.niomq.SocketEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a socket has reported. */
public final class Events {
  private final List<SocketEvent> all = new CopyOnWriteArrayList<>();

  private Events() {}

  /** Listens to {@code socket} from now on. */
  public static Events of(Socket socket) {
    Events events = new Events();
    socket.onEvent(events.all::add);
    return events;
  }

  public List<SocketEvent> all() {
    return List.copyOf(all);
  }

  public List<SocketEvent.Type> types() {
    return all.stream().map(SocketEvent::type).toList();
  }

  public long count(SocketEvent.Type type) {
    return all.stream().filter(e -> e.type() == type).count();
  }

  /** The first event of that type, once it has come. */
  public SocketEvent await(SocketEvent.Type type) {
    return await(type, 1);
  }

  /** The event of that type that is number {@code nth}, from 1, once it has come. */
  public SocketEvent await(SocketEvent.Type type, int nth) {
    Await.until(nth + " times " + type + "; so far " + all, () -> count(type) >= nth);
    return all.stream().filter(e -> e.type() == type).skip(nth - 1L).findFirst().orElseThrow();
  }
}
