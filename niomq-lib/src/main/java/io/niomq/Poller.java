package io.niomq;

import io.niomq.internal.socket.ContextCore;
import io.niomq.internal.socket.PollSet;
import io.niomq.internal.socket.SocketCore;
import java.lang.ref.Reference;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Waits on several sockets and plain NIO channels at once: level-triggered, as {@code zmq_poll}.
 * Made by {@link Context#poller()}.
 *
 * <pre>{@code
 * poller.register(tasks, Poller.IN);
 * poller.register(control, Poller.IN);
 * while (poller.poll(SocketOptions.FOREVER) > 0) {
 *   if (poller.isReadable(tasks)) { ... }
 *   if (poller.isReadable(control)) { ... }
 * }
 * }</pre>
 *
 * <p>Make it once and wait with it again and again: a poller that was waited for a few times reads
 * its sockets' connections in the thread that waits, which is quicker than having an I/O thread do
 * it.
 *
 * <p>A poller is for one thread at a time; its sockets may be used by others meanwhile, who may of
 * course be quicker to take a message. A virtual thread that waits for channels keeps its carrier
 * thread meanwhile; one that waits for sockets alone does not.
 *
 * @see "zmq_poll"
 */
public final class Poller implements AutoCloseable {
  /** A message can be received (socket), or the channel can be read or accepted from. */
  public static final int IN = 1;

  /**
   * A message can be sent without waiting (socket), or the channel can be written or, while it
   * connects, {@link java.nio.channels.SocketChannel#finishConnect() finished}.
   */
  public static final int OUT = 2;

  /** Called by {@link #dispatch} for each ready socket or channel. */
  @FunctionalInterface
  public interface Handler {
    /** Deals with the {@link Poller#IN} and {@link Poller#OUT} events that have come. */
    void ready(int events);
  }

  private final PollSet set;
  private final Map<Object, Handler> handlers = new LinkedHashMap<>();

  Poller(ContextCore context) {
    this.set = new PollSet(context);
    Lost.watch(this, set::close);
  }

  /**
   * Registers a socket, or changes what it is registered for.
   *
   * @param events {@link #IN}, {@link #OUT}, both, or 0 to wait for nothing
   */
  public Poller register(Socket socket, int events) {
    return register(socket, events, null);
  }

  /** Registers a socket with a handler for {@link #dispatch}. */
  public Poller register(Socket socket, int events, Handler handler) {
    set.put(socket.core(), checked(events));
    handlers.put(socket.core(), handler);
    return this;
  }

  /**
   * Registers a channel, or changes what it is registered for. It must be in non-blocking mode.
   *
   * @throws ZmqArgumentException {@code EINVAL} when the channel is in blocking mode or cannot have
   *     such events
   */
  public Poller register(SelectableChannel channel, int events) {
    return register(channel, events, null);
  }

  /** Registers a channel with a handler for {@link #dispatch}. */
  public Poller register(SelectableChannel channel, int events, Handler handler) {
    Objects.requireNonNull(channel, "channel");
    checked(events);
    if (channel.isBlocking()) {
      throw new ZmqArgumentException(
          "a channel must be in non-blocking mode to be polled: call configureBlocking(false) first");
    }
    int wanted = 0;
    if ((events & IN) != 0) {
      wanted |= SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    }
    if ((events & OUT) != 0) {
      wanted |= SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;
    }
    int ops = wanted & channel.validOps();
    if (events != 0 && ops == 0) {
      throw new ZmqArgumentException(
          "events " + events + " are not possible on " + channel.getClass().getSimpleName());
    }
    set.put(channel, events, ops);
    handlers.put(channel, handler);
    return this;
  }

  /** Takes a socket out. */
  public Poller unregister(Socket socket) {
    handlers.remove(socket.core());
    set.remove(socket.core());
    return this;
  }

  /** Takes a channel out. */
  public Poller unregister(SelectableChannel channel) {
    handlers.remove(channel);
    set.remove(channel);
    return this;
  }

  static int checked(int events) {
    if ((events & ~(IN | OUT)) != 0) {
      throw new ZmqArgumentException(
          "events: "
              + events
              + " is not allowed; allowed: Poller.IN (1), Poller.OUT (2), their sum, 0");
    }
    return events;
  }

  /** How many sockets and channels are registered. */
  public int size() {
    return handlers.size();
  }

  /**
   * Waits until at least one event has come, without limit.
   *
   * @return how many sockets and channels are ready
   * @throws ZmqTerminatedException {@code ETERM} when the context of one of the sockets ends
   * @throws ZmqClosedException {@code ENOTSOCK} when one of the sockets, or this poller, is closed
   * @throws ZmqInterruptedException {@code EINTR} when interrupted while waiting; the flag stays
   *     set
   */
  public int poll() {
    return poll(-1);
  }

  /** Waits as {@link #poll()}, but no longer than {@code timeout}; returns 0 when nothing came. */
  public int poll(Duration timeout) {
    return poll(SocketCore.nanos(timeout));
  }

  /** Looks without waiting; returns how many are ready. */
  public int pollNow() {
    return poll(0);
  }

  private int poll(long timeoutNanos) {
    try {
      return set.poll(timeoutNanos);
    } finally {
      Reference.reachabilityFence(this); // it may be lost only afterwards
    }
  }

  /**
   * Waits as {@link #poll(Duration)} and then calls the handlers of all that are ready, in order of
   * registration.
   */
  public int dispatch(Duration timeout) {
    int count = poll(timeout);
    if (count > 0) {
      List<Map.Entry<Object, Handler>> entries = new ArrayList<>(handlers.entrySet());
      for (Map.Entry<Object, Handler> e : entries) {
        int events = set.ready(e.getKey());
        if (events != 0 && e.getValue() != null) {
          e.getValue().ready(events);
        }
      }
    }
    return count;
  }

  /** Whether the last poll found that {@code socket} has a message. */
  public boolean isReadable(Socket socket) {
    return (set.ready(socket.core()) & IN) != 0;
  }

  /** Whether the last poll found that {@code socket} takes a message. */
  public boolean isWritable(Socket socket) {
    return (set.ready(socket.core()) & OUT) != 0;
  }

  /** Whether the last poll found that {@code channel} can be read or accepted from. */
  public boolean isReadable(SelectableChannel channel) {
    return (set.ready(channel) & IN) != 0;
  }

  /** Whether the last poll found that {@code channel} can be written. */
  public boolean isWritable(SelectableChannel channel) {
    return (set.ready(channel) & OUT) != 0;
  }

  /**
   * Makes a poll that waits, or the next one, return at once, perhaps with 0. Any thread may call
   * this.
   */
  public void wakeup() {
    set.wakeup();
  }

  /**
   * Gives the poller's descriptors back; the sockets and channels stay open. A poller has some as
   * soon as it has channels, or was waited for often.
   */
  @Override
  public void close() {
    set.close();
    handlers.clear();
  }
}
