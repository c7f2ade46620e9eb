package io.niomq.jcstress;

import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.InprocLink;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeOwner;
import io.niomq.internal.pipe.SocketLock;

/** Two sockets joined by inproc, reduced to what they do with one direction of their pipe. */
final class InprocPair {
  private static final Script[] SCRIPTS =
      Script.variants(new int[][] {{300}, {10}, {900}, {10}, {10}, {10}});

  private final Flow flow;
  private final Owner sender = new Owner();
  private final Owner reader = new Owner();
  private final Pipe senderPipe;
  private final Pipe readerPipe;
  private boolean senderWaits;
  private boolean readerSleeps;

  /** With the queue full up to its high-water mark; empty if that is 0. */
  InprocPair(int highWaterMark) {
    flow = new Flow(SCRIPTS, highWaterMark);
    FrameQueue back = new FrameQueue(Flow.POOL, 0);
    senderPipe = new Pipe(sender, back, flow.queue);
    readerPipe = new Pipe(reader, flow.queue, back);
    senderPipe.link = new InprocLink(readerPipe);
    readerPipe.link = new InprocLink(senderPipe);
    send(highWaterMark);
  }

  // The sender's thread.

  boolean hasRoomOrMute() {
    sender.lock.lock();
    try {
      return senderPipe.hasRoomOrMute();
    } finally {
      sender.lock.unlock();
    }
  }

  void send(int count) {
    for (int i = 0; i < count; i++) {
      sender.lock.lock();
      int actions = senderPipe.append(flow.next());
      sender.lock.unlock();
      act(senderPipe, actions);
    }
  }

  boolean sendIfRoom() {
    sender.lock.lock();
    int actions = 0;
    boolean room;
    try {
      room = senderPipe.hasRoomOrMute();
      if (room) {
        actions = senderPipe.append(flow.next());
      }
      senderWaits = !room;
    } finally {
      sender.lock.unlock();
    }
    act(senderPipe, actions);
    return room;
  }

  // The reader's thread.

  /** Looks that often, and returns the credit. */
  void take(int looks) {
    reader.lock.lock();
    flow.take(looks);
    int actions = flow.queue.takeCreditNews() ? readerPipe.link.onCredit(readerPipe) : 0;
    reader.lock.unlock();
    act(readerPipe, actions);
  }

  boolean senderWoken() {
    return sender.writable > 0;
  }

  /** Looks once; goes to sleep if there is nothing, and true if it stays so. */
  boolean sleepUnlessReadable() {
    int before = flow.taken();
    take(1);
    if (flow.taken() != before) {
      return false;
    }
    return !readerPipe.link.arm(readerPipe, flow.queue.takenOctets());
  }

  /** Takes what is there until the link says that it may sleep. */
  boolean readUntilAsleep() {
    for (int i = 0; i < 100; i++) {
      if (sleepUnlessReadable()) {
        readerSleeps = true;
        return true;
      }
    }
    return false;
  }

  private static void act(Pipe pipe, int actions) {
    if (actions != 0) {
      pipe.link.act(pipe, actions);
    }
  }

  // Afterwards.

  int timesReaderWoken() {
    return reader.readable;
  }

  int judge() {
    int error = flow.judge();
    readerPipe.out.close();
    return error;
  }

  /** A reader that sleeps and was not told must have taken all. */
  int judgeSleep(int sent) {
    boolean slept = reader.readable == 0 && flow.taken() < sent;
    return judge() | (slept ? Verdict.ASLEEP : 0);
  }

  /** As the sender has waited or sent one more: both must be able to go on. */
  int judgeBothSides() {
    int error = 0;
    if (senderWaits && sender.writable == 0 && flow.queue.hasRoom()) {
      error |= Verdict.ASLEEP;
    }
    if (readerSleeps && reader.readable == 0 && !flow.queue.isEmpty()) {
      error |= Verdict.ASLEEP;
    }
    return judge() | error;
  }

  /** A socket as its pipes see it; counts how often it was told. */
  private static final class Owner implements PipeOwner {
    private final SocketLock lock = new SocketLock();
    private int readable;
    private int writable;

    @Override
    public SocketLock socketLock() {
      return lock;
    }

    @Override
    public void onReadable(Pipe pipe) {
      readable++;
    }

    @Override
    public void onWritable(Pipe pipe) {
      writable++;
    }

    @Override
    public void onPeerClosed(Pipe pipe) {}

    @Override
    public boolean isClaimed() {
      return false;
    }

    @Override
    public long reclaim(long seen) {
      return -1;
    }
  }
}
