package io.niomq.internal.socket;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqTerminatedException;
import io.niomq.internal.transport.Endpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Tells the events of one socket in libzmq's formats, through a PAIR that is bound to an inproc
 * endpoint.
 *
 * <pre>
 *   version 1   event(16) value(32) | address            native order
 *   version 2   event(64) | count(64) | value(64) ... | local | remote
 * </pre>
 *
 * It never waits for its reader: what the reader's queue does not take is kept, and when that is
 * too much, dropped and counted. Guarded by the lock of {@link Watchers}. zmq_socket_monitor.
 */
final class Monitor {
  /** How many events are kept for a reader that is not there yet, or too slow. */
  private static final int KEPT_MAX = 1000;

  private static final long V1_MAX = SocketEvent.ALL_V1;
  private static final long V2_MAX = 0x1_FFFF;

  /** {@code ZMQ_EVENT_PIPES_STATS}. */
  private static final long PIPES_STATS = 0x1_0000;

  /** What was asked for, checked. */
  record Format(Endpoint endpoint, long events, int version) {}

  private final SocketCore watched;
  private final Format format;
  private final SocketCore pair;
  private final ArrayDeque<byte[][]> kept = new ArrayDeque<>();

  /** Nothing is bound yet; {@code pair} is this monitor's from now on. */
  Monitor(SocketCore watched, SocketCore pair, Format format, Runnable onRoom) {
    this.watched = watched;
    this.pair = pair;
    this.format = format;
    pair.onRoom(onRoom);
  }

  static Format format(String endpoint, long events, int version) {
    if (version != 1 && version != 2) {
      throw new ZmqArgumentException("version " + version + " is not allowed; allowed: 1 and 2");
    }
    long max = version == 1 ? V1_MAX : V2_MAX;
    if (events < 0 || events > max) {
      throw new ZmqArgumentException(
          String.format(
              "events 0x%x are not allowed in version %d; allowed: 0 to 0x%x",
              events, version, max));
    }
    Endpoint parsed = Endpoint.parse(endpoint);
    if (!parsed.scheme().equals(Endpoints.INPROC)) {
      throw new ZmqEndpointException(
          Errno.EPROTONOSUPPORT, endpoint, "a monitor tells its events over inproc only");
    }
    return new Format(parsed, events, version);
  }

  /**
   * @throws ZmqEndpointException {@code EADDRINUSE}; then this monitor is closed
   * @throws ZmqTerminatedException {@code ETERM}; the same
   */
  void bind() {
    try {
      pair.options().set(SocketOptions.LINGER, Duration.ZERO);
      pair.endpoints().bind(format.endpoint().text());
    } catch (RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  /** Whether the queues of the pipes may be told: only version 2 has a place for two values. */
  boolean tellsQueues() {
    return (format.events() & PIPES_STATS) != 0;
  }

  /** How many messages wait in the queues to and from one peer. */
  void tellQueues(String local, String remote, long out, long in) {
    keep(
        new byte[][] {
          number(PIPES_STATS), number(2), number(out), number(in), utf8(local), utf8(remote)
        });
  }

  void tell(SocketEvent event) {
    boolean closedByUs = event.type() == SocketEvent.Type.DISCONNECTED && event.errno() == null;
    if (closedByUs || (format.events() & event.type().number()) == 0) {
      return; // libzmq does not tell the former
    }
    keep(frames(event));
  }

  private void keep(byte[][] frames) {
    if (kept.size() == KEPT_MAX) {
      flush();
    }
    if (kept.size() == KEPT_MAX) {
      watched.drops().count(null, DropReason.EVENT_UNREAD, 1);
      return;
    }
    kept.add(frames);
    flush();
  }

  /** Hands over what was kept, as far as the reader's queue takes it. */
  void flush() {
    while (!kept.isEmpty()) {
      byte[][] frames = kept.peek();
      try {
        if (!pair.sending()
            .sendFrames(
                message -> {
                  for (byte[] frame : frames) {
                    message.add(frame);
                  }
                },
                0)) {
          return;
        }
      } catch (ZmqTerminatedException | ZmqClosedException e) {
        kept.clear(); // nobody can read it
        return;
      }
      kept.poll();
    }
  }

  /** The last event, which the reader gets even when its queue is full. */
  void stop(SocketEvent last) {
    try {
      pair.options().set(SocketOptions.SNDHWM, 0);
      if ((format.events() & last.type().number()) != 0) {
        kept.add(frames(last));
      }
      flush();
    } catch (ZmqTerminatedException e) {
      // nobody can read it
    }
    pair.close(); // what is kept still has no reader
  }

  private byte[][] frames(SocketEvent event) {
    byte[] local = utf8(event.local());
    byte[] remote = utf8(event.remote());
    if (format.version() == 1) {
      byte[] head = new byte[Short.BYTES + Integer.BYTES];
      ByteBuffer.wrap(head)
          .order(ByteOrder.nativeOrder())
          .putShort((short) event.type().number())
          .putInt((int) event.value());
      boolean connecting = event.remote().equals(event.endpoint());
      return new byte[][] {head, connecting ? remote : local};
    }
    return new byte[][] {
      number(event.type().number()), number(1), number(event.value()), local, remote
    };
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(value).array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
