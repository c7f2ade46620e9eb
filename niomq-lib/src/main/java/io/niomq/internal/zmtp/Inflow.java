package io.niomq.internal.zmtp;

import io.niomq.Errno;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.loop.LoopTask;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.pipe.SocketLock;
import io.niomq.internal.security.ProtocolException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The reading side of a connection, from the channel to the inbound queue of its pipe. Whoever
 * holds {@link #reading} reads: the I/O thread, or a caller that waits in its socket. The word is
 * taken by compare-and-set and held over one non-blocking system call. Any thread, unless it says
 * otherwise.
 *
 * <p><b>Reading: the invariant.</b> While the connection is open and its inbound queue has room, at
 * least one holds: the I/O thread's key has read interest; a caller is in its socket's select, or
 * about to look again, with this channel in it; a tick ({@link EventLoop.Ticking}) that will look
 * again is planned.
 */
final class Inflow {
  /** What one attempt to read came to. */
  enum Fill {
    SOME,
    NOTHING,
    BUSY,
    NO_ROOM,
    FAILED
  }

  private static final int FREE = 0;
  private static final int HELD = 1;

  /** Nobody reads any more. */
  private static final int ENDED = 2;

  private static final VarHandle READING;

  static {
    try {
      READING = MethodHandles.lookup().findVarHandle(Inflow.class, "reading", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Connection connection;
  private final SocketChannel channel;
  private final EventLoop loop;
  private final Pipe pipe;
  private final FrameReader reader;
  private final LoopTask timeToLiveTask = new LoopTask(this::timeToLive);

  /** {@link #FREE}, {@link #HELD} or {@link #ENDED}. */
  @SuppressWarnings("unused") // by READING
  private volatile int reading = HELD;

  // Guarded by reading:

  private long octetsRead;
  private final LastHeard lastHeard = new LastHeard();
  private final PongLimit pongs = new PongLimit();

  /** What the peer's last PING said, in tenths of a second. Written by whoever reads. */
  private volatile int peerTimeToLive;

  /** There is no room for what comes. Guarded by the socket's lock. */
  private boolean stalled;

  /** Nobody reads before {@link #begin}. */
  Inflow(
      Connection connection, SocketChannel channel, EventLoop loop, Pipe pipe, FrameReader reader) {
    this.connection = connection;
    this.channel = channel;
    this.loop = loop;
    this.pipe = pipe;
    this.reader = reader;
  }

  /** Begins with what the handshake has read beyond its own end. */
  void begin(ByteBuffer leftover) {
    if (leftover.hasRemaining()) {
      lastHeard.note(loop.turns());
    }
    try {
      reader.accept(leftover);
      afterRead(Fill.SOME);
    } catch (ProtocolException e) {
      end(CloseCause.of(e));
    } catch (OutOfMemoryError e) {
      end(noMemory(e));
    } catch (RuntimeException | Error e) {
      end(fault(e));
      throw e;
    }
  }

  /** Instead of {@link #begin}: nobody will read. */
  void neverBegin() {
    READING.setVolatile(this, ENDED);
  }

  /** Reads what is there, once, unless somebody else does. */
  Fill fill() {
    if (!READING.compareAndSet(this, FREE, HELD)) {
      return Fill.BUSY;
    }
    // From here on we hold the reading side; a failure ends it.
    if (!pipe.in.hasRoom()) {
      return afterRead(Fill.NOTHING);
    }
    try {
      int n = reader.read(channel);
      if (n >= 0) {
        octetsRead += n;
        if (n > 0) {
          lastHeard.read(loop.turns());
        }
        return afterRead(n == 0 ? Fill.NOTHING : Fill.SOME);
      }
      end(CloseCause.closedByPeer());
    } catch (IOException e) {
      end(CloseCause.lost(e));
    } catch (ProtocolException e) {
      end(CloseCause.of(e));
    } catch (OutOfMemoryError e) {
      end(noMemory(e));
    } catch (RuntimeException | Error e) {
      end(fault(e));
      throw e;
    }
    return Fill.FAILED;
  }

  private static CloseCause noMemory(OutOfMemoryError e) {
    return new CloseCause(
        CloseCause.Kind.LOST, Errno.EMSGSIZE, "no memory for what the peer sends: " + e);
  }

  /** A fault of ours: the end of the connection waits for the reading side. */
  private static CloseCause fault(Throwable e) {
    return new CloseCause(CloseCause.Kind.LOST, Errno.EIO, e.toString());
  }

  /** Whoever holds the reading side ends it, and the connection. */
  private void end(CloseCause cause) {
    try {
      // What came before the fault is whole and stays; the reader may not know of it yet.
      pipe.owner.onReadable(pipe);
    } finally {
      READING.setVolatile(this, ENDED);
      connection.fail(cause);
    }
  }

  /**
   * Tells the socket, answers PINGs, and gives the reading side back. A peer that does not take the
   * answers gets no more of them, so that its PINGs do not fill our memory.
   */
  private Fill afterRead(Fill result) {
    boolean room = pipe.in.hasRoom();
    byte[] reply = reader.takeReply();
    if (!room || reply != null) {
      int actions = 0;
      if (reader.timeToLive() != peerTimeToLive) {
        peerTimeToLive = reader.timeToLive();
        loop.execute(timeToLiveTask);
      }
      if (pongs.isReached()) {
        pongs.taken(connection.takenOctets());
      }
      lock().lock();
      try {
        if (!room) {
          room = pipe.in.hasRoom(); // under the lock: credit is returned under it, too
          stalled = !room;
        }
        for (; reply != null; reply = reader.takeReply()) {
          if (!pipe.detached && !pongs.isReached()) {
            actions |= pipe.appendCommand(reply);
            pongs.appended(pipe.out.appendedOctets());
          }
        }
      } finally {
        lock().unlock();
      }
      if (actions != 0) {
        connection.act(pipe, actions & ~PipeLink.PACE); // a reader does not wait
      }
    }
    READING.setVolatile(this, FREE);
    if (result == Fill.SOME) {
      pipe.owner.onReadable(pipe);
    }
    return room || result == Fill.SOME ? result : Fill.NO_ROOM;
  }

  /** I/O thread. */
  private void timeToLive() {
    connection.timeToLive(peerTimeToLive);
  }

  /** See {@link PipeLink#onCredit}. */
  int onCredit() {
    if (stalled) {
      stalled = false;
      return PipeLink.RESUME;
    }
    return 0;
  }

  /** See {@link PipeLink#trim}. */
  void trim() {
    if (!connection.isFinished() && READING.compareAndSet(this, FREE, HELD)) {
      reader.trim();
      READING.setVolatile(this, FREE);
    }
  }

  /** How many octets were read, up to a moment ago. */
  long octetsRead() {
    seeLastReader();
    return octetsRead;
  }

  /** See {@link PipeLink#octetsOfIncomplete}. */
  int octetsOfIncomplete() {
    seeLastReader();
    return reader.octetsOfIncomplete();
  }

  /** See {@link PipeLink#heardAt}. */
  long heardAt() {
    seeLastReader();
    return lastHeard.at();
  }

  /** See {@link PipeLink#heardSince}. */
  boolean heardSince() {
    return lastHeard.isLater();
  }

  /** What the last reader has written before it gave the reading side back. */
  private void seeLastReader() {
    READING.getVolatile(this);
  }

  /** Waits for whoever reads, who does nothing that blocks, and lets nobody read afterwards. */
  void stop() {
    while (!READING.compareAndSet(this, FREE, ENDED) && (int) READING.getVolatile(this) != ENDED) {
      Thread.onSpinWait();
    }
  }

  /**
   * The connection has ended: gives up what was read in part. Nobody reads any more.
   *
   * @return whether there was a message among it
   */
  boolean giveUp() {
    return reader.giveUp();
  }

  private SocketLock lock() {
    return pipe.owner.socketLock();
  }
}
