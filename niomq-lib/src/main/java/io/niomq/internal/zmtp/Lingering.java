package io.niomq.internal.zmtp;

import io.niomq.Errno;
import io.niomq.internal.loop.EventLoop;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The last time of a connection that only sends what is queued: its limit ({@code ZMQ_LINGER}), and
 * how the peer gets all of it. I/O thread only.
 */
final class Lingering {
  /** How long the peer may take to read to the end after everything was sent (ipc). */
  private static final long HALF_CLOSED_MAX_NANOS = 5_000_000_000L;

  /** After so many reads that find something others have their turn. */
  private static final int READS_MAX = 16;

  private final Connection connection;
  private final SocketChannel channel;
  private final EventLoop loop;
  private final long nanos;
  private EventLoop.Timer timer;
  private boolean halfClosed;

  /** For at most so many nanoseconds; -1 for ever. */
  Lingering(Connection connection, SocketChannel channel, EventLoop loop, long nanos) {
    this.connection = connection;
    this.channel = channel;
    this.loop = loop;
    this.nanos = nanos;
  }

  /** The time runs from now. */
  void begin() {
    if (nanos >= 0) {
      plan(this::over, nanos);
    }
  }

  /** The connection ends. */
  void end() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void plan(Runnable action, long delayNanos) {
    end();
    timer = loop.timer(action);
    timer.plan(delayNanos);
  }

  private void over() {
    connection.fail(
        new CloseCause(CloseCause.Kind.LINGER, Errno.EAGAIN, "the linger is over (ZMQ_LINGER)"));
  }

  /**
   * Everything was handed to the operating system. Over ipc a peer that does not read at the moment
   * would lose what is still in its buffer if the channel closed now (libzmq takes the hang-up
   * before the data): so only our half closes, and the rest when the peer has read to the end.
   */
  void sentAll() {
    if (halfClosed) {
      return;
    }
    try {
      if (nanos != 0 && channel.getRemoteAddress() instanceof UnixDomainSocketAddress) {
        channel.shutdownOutput();
        halfClosed = true;
        plan(
            this::closeForGood,
            nanos < 0 ? HALF_CLOSED_MAX_NANOS : Math.min(HALF_CLOSED_MAX_NANOS, nanos));
        return;
      }
    } catch (IOException e) {
      // the peer was quicker
    }
    closeForGood();
  }

  private void closeForGood() {
    connection.fail(CloseCause.closed());
  }

  /** Nobody reads what comes; but the peer's end is to be seen. */
  void discardInput() {
    ByteBuffer waste = ByteBuffer.allocate(8 << 10);
    try {
      for (int i = 0; i < READS_MAX; i++) {
        int n = channel.read(waste.clear());
        if (n < 0 && halfClosed) {
          closeForGood();
        } else if (n < 0) {
          connection.fail(CloseCause.closedByPeer());
        }
        if (n <= 0) {
          return;
        }
      }
    } catch (IOException e) {
      connection.fail(CloseCause.lost(e));
    }
  }
}
