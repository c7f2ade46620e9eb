package io.niomq.internal.zmtp;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.loop.LoopTask;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.pipe.SocketLock;
import io.niomq.internal.security.FrameCipher;
import io.niomq.internal.security.ProtocolException;
import io.niomq.internal.security.ZapClient;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One ZMTP connection: a channel, its handshake, and then its traffic between the channel and the
 * two queues of a pipe. Forward only: handshake, traffic, closed.
 *
 * <p><b>Who drives it.</b> The I/O thread owns the handshake, the end, and everything else unless
 * it says otherwise. Reading is done by whoever holds {@link #reading}: the I/O thread, or a caller
 * that waits in its socket. Writing is done by whoever holds the consumer side of {@code pipe.out}:
 * a sender, a waiting caller, or the I/O thread as guard. Both words are taken by compare-and-set
 * and held over one non-blocking system call.
 *
 * <p><b>Reading: the invariant.</b> While the connection is open and its inbound queue has room, at
 * least one holds: the I/O thread's key has read interest; a caller is in its socket's select, or
 * about to look again, with this channel in it; a tick ({@link EventLoop.Ticking}) that will look
 * again is planned. For writing see {@link Outflow}.
 */
public final class Connection implements EventLoop.Handler, PipeLink {

  /** The endpoint that made the connection. All calls come from the I/O thread. */
  public interface Endpoint {
    /** The transport is connected: the handshake begins. */
    void onHandshakeDone(Connection connection, Peer peer);

    /** The connection has ended, and nobody touches its pipe's queues through it any more. */
    void onClosed(Connection connection, CloseCause cause);

    /** Something was dropped that the endpoint's socket should count. */
    void onDropped(DropReason reason, long messages);
  }

  private static final int FREE = 0;
  private static final int HELD = 1;

  /** Nobody reads any more. */
  private static final int ENDED = 2;

  private static final VarHandle READING;

  static {
    try {
      READING = MethodHandles.lookup().findVarHandle(Connection.class, "reading", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What one attempt to read came to. */
  private enum Fill {
    SOME,
    NOTHING,
    BUSY,
    NO_ROOM,
    FAILED
  }

  private final SocketChannel channel;
  private final EventLoop loop;
  private final OptionValues options;
  private final Endpoint endpoint;
  private final String address;
  private final boolean raw;
  private final LoopTask resumeTask = new LoopTask(this::resumeReading);
  private final LoopTask timeToLiveTask = new LoopTask(this::timeToLive);

  // I/O thread only.
  private SelectionKey key;
  private HandshakePhase handshake;
  private Heartbeat heartbeat;
  private boolean left;

  /** Null until the connection only sends what is left. */
  private Lingering lingering;

  private CloseCause closing;

  // Set when the traffic begins, before the pipe's link shows this connection.
  private Pipe pipe;
  private FrameReader reader;

  /** What makes another form of the queue's; null when the peer takes that. */
  private FrameWriter writer;

  private Outflow outflow;
  private FrameCipher cipher;

  /** {@link #FREE}, {@link #HELD} or {@link #ENDED}. */
  @SuppressWarnings("unused") // by READING
  private volatile int reading;

  /** Octets read so far. Guarded by {@link #reading}. */
  private long octetsRead;

  /** Guarded by {@link #reading}. */
  private final LastHeard lastHeard = new LastHeard();

  /** Guarded by {@link #reading}. */
  private final PongLimit pongs = new PongLimit();

  /** What the peer's last PING said, in tenths of a second. Written by whoever reads. */
  private volatile int peerTimeToLive;

  /** The connection is at its end; the I/O thread will close it. */
  private volatile boolean failed;

  /** There is no room for what comes. Guarded by the socket's lock. */
  private boolean stalled;

  /** What both queues had seen when their memory was last asked for. Under the socket's lock. */
  private long quietSince = -1;

  public Connection(
      SocketChannel channel,
      EventLoop loop,
      OptionValues options,
      String address,
      ZapClient zap,
      Endpoint endpoint) {
    this.channel = channel;
    this.loop = loop;
    this.options = options;
    this.address = address;
    this.endpoint = endpoint;
    this.raw = RawFraming.isUsedWith(options);
    this.handshake = raw ? null : new HandshakePhase(this, channel, loop, options, zap);
  }

  public String address() {
    return address;
  }

  /** Whether this is a plain connection without a protocol, and so without a handshake. */
  public boolean isRaw() {
    return raw;
  }

  /** Whether it only sends what is left, and then ends. I/O thread. */
  boolean isLingering() {
    return lingering != null;
  }

  /** Whether the handshake is not complete yet. I/O thread. */
  public boolean isHandshaking() {
    return handshake != null;
  }

  // ------------------------------------------------------------------------------------ handshake
  // (I/O thread)

  /** Begins: the channel is connected and non-blocking. */
  public void start() {
    assert loop.isLoopThread();
    loop.addLoad(1);
    try {
      key = loop.register(channel, SelectionKey.OP_READ, this);
    } catch (IOException e) {
      fail(new CloseCause(CloseCause.Kind.LOST, Errno.EIO, CloseCause.textOf(e)));
      return;
    }
    if (raw) {
      endpoint.onHandshakeDone(this, RawFraming.peer(address));
    } else {
      handshake.start();
    }
  }

  /** The handshake is complete: the endpoint joins this connection to a pipe. */
  void handshakeDone() {
    cipher = handshake.takeCipher();
    handshake.end();
    endpoint.onHandshakeDone(this, handshake.peer());
  }

  void interest(int op, boolean on) {
    if (key != null && key.isValid()) {
      if (on) {
        key.interestOpsOr(op);
      } else {
        key.interestOpsAnd(~op);
      }
    }
  }

  // ------------------------------------------------------------------------------------ beginning
  // of the traffic

  /**
   * Joins this connection to a pipe. Called by the endpoint in {@link Endpoint#onHandshakeDone}, on
   * the I/O thread; the pipe's queues have no other connection.
   *
   * @param attach tells the socket, under its lock, that {@code pipe.link} is this connection now
   */
  public void join(Pipe pipe, boolean flushesEachMessage, Runnable attach) {
    this.pipe = pipe;
    ByteBuffer leftover = raw ? ByteBuffer.allocate(0) : handshake.leftover();
    writer = chooseFraming();
    outflow = new Outflow(this, channel, loop, pipe, writer, flushesEachMessage);
    handshake = null;
    READING.setVolatile(this, HELD);
    attach.run();
    outflow.startGuard();
    if (heartbeat != null) {
      heartbeat.start();
    }
    if (leftover.hasRemaining()) {
      lastHeard.note(loop.turns());
    }
    try {
      reader.accept(leftover);
      afterRead(Fill.SOME);
    } catch (ProtocolException e) {
      endReading(CloseCause.of(e));
    }
  }

  /** Makes the reader; returns the writer, null when the peer takes the queue's own form. */
  private FrameWriter chooseFraming() {
    FrameWriter chosen = null;
    long frameMax = options.get(SocketOptions.MAXMSGSIZE);
    if (raw) {
      reader = new RawFraming.Reader(pipe.in, options);
      chosen = new RawFraming.Writer();
    } else if (cipher != null) {
      reader = new SealedFraming.Reader(pipe.in, frameMax, options.socketType(), cipher);
      chosen = new SealedFraming.Writer(cipher);
      heartbeat = new Heartbeat(this, loop, options);
    } else if (handshake.usesOldFraming()) {
      reader = new OldFraming.Reader(pipe.in, frameMax);
      chosen = new OldFraming.Writer();
    } else {
      reader = new FrameDecoder(pipe.in, frameMax, options.socketType());
      if (handshake.version() >= Peer.ZMTP_3_0) {
        heartbeat = new Heartbeat(this, loop, options);
      }
    }
    pipe.mechanism = raw ? "" : handshake.mechanism();
    return chosen;
  }

  // ------------------------------------------------------------------------------------ I/O
  // thread's turn

  @Override
  public void ready(SelectionKey ready) {
    if (failed) {
      return;
    }
    if (handshake != null) {
      handshake.ready(ready);
      return;
    }
    if (ready.isWritable()) {
      interest(SelectionKey.OP_WRITE, false);
      outflow.channelTakesMore();
    }
    if (!failed && ready.isReadable()) {
      readOnLoop();
    }
  }

  @Override
  public void failed(Throwable failure) {
    fail(new CloseCause(CloseCause.Kind.LOST, Errno.EIO, failure.toString()));
  }

  private void readOnLoop() {
    if (lingering != null) {
      lingering.discardInput();
      return;
    }
    if (pipe.owner.isClaimed()) {
      leaveToCallers();
      return;
    }
    switch (fillOnce()) {
      case BUSY -> leaveToCallers();
      case NO_ROOM -> interest(SelectionKey.OP_READ, false); // RESUME restores it
      default -> {}
    }
  }

  /** A caller reads: look again later, see the class comment. */
  private void leaveToCallers() {
    interest(SelectionKey.OP_READ, false);
    if (!left) {
      left = true;
      LeftToCallers.of(loop, pipe.owner).add(this);
    }
  }

  /** No caller reads any more. I/O thread. */
  void takeBack() {
    left = false;
    interest(SelectionKey.OP_READ, true);
  }

  private void resumeReading() {
    if (!failed) {
      interest(SelectionKey.OP_READ, true);
    }
  }

  // ------------------------------------------------------------------------------------ for the
  // heartbeat

  private void timeToLive() {
    // A peer of 2.0, which has no heartbeat, may send such a frame, too.
    if (!failed && lingering == null && heartbeat != null) {
      heartbeat.timeToLive(peerTimeToLive);
    }
  }

  /** How many octets were read, up to a moment ago. */
  long octetsRead() {
    READING.getVolatile(this); // sees what the last reader has written
    return octetsRead;
  }

  @Override
  public int octetsOfIncomplete() {
    READING.getVolatile(this); // sees what the last reader has written
    return reader.octetsOfIncomplete();
  }

  /** Reads by itself, whoever should. I/O thread. */
  Heartbeat.Look lookOnce() {
    return switch (fillOnce()) {
      case SOME, NO_ROOM, FAILED -> Heartbeat.Look.HEARD;
      case NOTHING -> Heartbeat.Look.NOTHING;
      case BUSY -> Heartbeat.Look.BUSY;
    };
  }

  /** Sends a command after what is queued; returns where it ends in the queue. I/O thread. */
  long appendCommand(byte[] body) {
    int actions = 0;
    long end;
    lock().lock();
    try {
      if (!pipe.detached) {
        actions = pipe.appendCommand(body);
      }
      end = pipe.out.appendedOctets();
    } finally {
      lock().unlock();
    }
    act(pipe, actions & ~PACE);
    return end;
  }

  /**
   * How far the outbound queue has been written, or given up; compares with its appended octets.
   */
  long takenOctets() {
    pipe.out.own();
    long taken = outflow.takenOctets();
    if (pipe.out.disown()) {
      outflow.drain();
    }
    return taken;
  }

  /** Octets that the channel has taken, up to a moment ago. */
  long octetsSent() {
    return outflow.octetsSent();
  }

  // ------------------------------------------------------------------------------------ reading
  // (any thread)

  @Override
  public SelectableChannel channel() {
    return channel;
  }

  @Override
  public boolean isFinished() {
    return failed;
  }

  @Override
  public boolean fill() {
    return fillOnce() == Fill.SOME;
  }

  private Fill fillOnce() {
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
      endReading(CloseCause.closedByPeer());
    } catch (IOException e) {
      endReading(CloseCause.lost(e));
    } catch (ProtocolException e) {
      endReading(CloseCause.of(e));
    } catch (OutOfMemoryError e) {
      endReading(
          new CloseCause(
              CloseCause.Kind.LOST, Errno.EMSGSIZE, "no memory for what the peer sends: " + e));
    } catch (RuntimeException | Error e) {
      // A fault of ours: the end of the connection waits for the reading side.
      endReading(new CloseCause(CloseCause.Kind.LOST, Errno.EIO, e.toString()));
      throw e;
    }
    return Fill.FAILED;
  }

  @Override
  public long heardAt() {
    READING.getVolatile(this); // sees what the last reader has written
    return lastHeard.at();
  }

  @Override
  public boolean heardSince() {
    return lastHeard.isLater();
  }

  private void endReading(CloseCause cause) {
    // What came before the fault is whole and stays; the reader may not know of it yet.
    pipe.owner.onReadable(pipe);
    READING.setVolatile(this, ENDED);
    fail(cause);
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
        pongs.taken(takenOctets());
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
        act(pipe, actions & ~PACE); // a reader does not wait
      }
    }
    READING.setVolatile(this, FREE);
    if (result == Fill.SOME) {
      pipe.owner.onReadable(pipe);
    }
    return room || result == Fill.SOME ? result : Fill.NO_ROOM;
  }

  @Override
  public int onCredit(Pipe p) {
    if (stalled) {
      stalled = false;
      return RESUME;
    }
    return 0;
  }

  @Override
  public boolean arm(Pipe p) {
    return false; // whoever reads reports
  }

  @Override
  public boolean trim(Pipe p) {
    long seen = p.in.appendedOctets() + p.out.appendedOctets();
    if (seen != quietSince) {
      quietSince = seen;
      return false;
    }
    if (!failed && READING.compareAndSet(this, FREE, HELD)) {
      reader.trim();
      READING.setVolatile(this, FREE);
    }
    outflow.trim();
    return true;
  }

  // ------------------------------------------------------------------------------------ writing
  // (any thread)

  @Override
  public int onAppended(Pipe p) {
    return outflow.onAppended();
  }

  @Override
  public boolean isGuarded() {
    return outflow.isArmed();
  }

  @Override
  public void refillBudget() {
    outflow.refillBudget();
  }

  @Override
  public void act(Pipe p, int actions) {
    outflow.act(actions);
    if ((actions & RESUME) != 0) {
      loop.execute(resumeTask);
    }
  }

  // ------------------------------------------------------------------------------------ the end

  /**
   * Sends what is queued, for at most {@code lingerNanos} (-1: for ever), then closes. I/O thread.
   */
  public void linger(long lingerNanos) {
    assert loop.isLoopThread();
    if (failed || lingering != null) {
      return;
    }
    if (handshake != null) {
      fail(CloseCause.closed());
      return;
    }
    lingering = new Lingering(this, channel, loop, lingerNanos);
    pipe.owner.releaseHeld();
    if (heartbeat != null) {
      heartbeat.end(); // the linger is the limit now
    }
    stopReading();
    interest(SelectionKey.OP_READ, true); // to notice the peer's end
    if (lingerNanos == 0) {
      outflow.drain();
    }
    if (!failed) {
      lingering.begin();
      outflow.linger(lingerNanos == 0);
    }
  }

  /** Waits for whoever reads, who does nothing that blocks, and lets nobody read afterwards. */
  private void stopReading() {
    while (!READING.compareAndSet(this, FREE, ENDED) && (int) READING.getVolatile(this) != ENDED) {
      Thread.onSpinWait();
    }
  }

  /** Everything was handed to the operating system. */
  void sentAll() {
    lingering.sentAll();
  }

  /** Ends this connection, soon and for the given cause; any thread, the first cause counts. */
  public void fail(CloseCause cause) {
    synchronized (this) {
      if (failed) {
        return;
      }
      closing = cause;
      failed = true;
    }
    loop.execute(this::close);
  }

  private void close() {
    assert loop.isLoopThread();
    if (handshake != null) {
      handshake.end();
    }
    if (heartbeat != null) {
      heartbeat.end();
    }
    if (lingering != null) {
      lingering.end();
    }
    loop.addLoad(-1);
    // Whoever reads or writes is in a non-blocking call. The reading side is never given back.
    if (pipe != null) {
      stopReading();
      outflow.end();
      pipe.out.own();
    }
    closeChannel();
    if (pipe != null) {
      if (outflow.giveUp()) {
        endpoint.onDropped(DropReason.PARTLY_SENT, 1);
        dropTranslated();
      }
      pipe.out.disown();
      if (cipher != null) {
        cipher.end();
      }
      if (reader.giveUp()) {
        boolean large = closing.errno() == Errno.EMSGSIZE;
        endpoint.onDropped(large ? DropReason.TOO_LARGE : DropReason.PARTLY_RECEIVED, 1);
      }
    }
    endpoint.onClosed(this, closing);
  }

  /** A writer may have made another form of more messages than the one that is partly sent. */
  private void dropTranslated() {
    if (writer != null) {
      boolean lingered = closing.kind() == CloseCause.Kind.LINGER;
      endpoint.onDropped(
          lingered ? DropReason.LINGER_EXPIRED : DropReason.CONNECTION_LOST,
          writer.pendingMessages() - 1);
    }
  }

  private void closeChannel() {
    try {
      if (closing.kind() == CloseCause.Kind.LOCAL) {
        // Unread input would turn the end of our output into a reset.
        channel.shutdownOutput();
        discardRest();
      }
    } catch (IOException e) {
      // the peer was quicker
    }
    try {
      channel.close();
    } catch (IOException e) {
      // it is gone all the same
    }
  }

  private void discardRest() throws IOException {
    ByteBuffer waste = ByteBuffer.allocate(8 << 10);
    for (int i = 0; i < 64 && channel.read(waste.clear()) > 0; i++) {
      // on
    }
  }

  private SocketLock lock() {
    return pipe.owner.socketLock();
  }
}
