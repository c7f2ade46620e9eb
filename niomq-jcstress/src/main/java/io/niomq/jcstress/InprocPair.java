package io.niomq.jcstress;

import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.InprocLink;
import io.niomq.internal.pipe.Pipe;

/** Two sockets joined by inproc, reduced to what they do with one direction of their pipe. */
final class InprocPair {
  private static final Script[] SCRIPTS =
      Script.variants(new int[][] {{300}, {10}, {900}, {10}, {10}, {10}});

  private final Flow flow;
  private final FakeOwner sender = new FakeOwner();
  private final FakeOwner reader = new FakeOwner();
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
    sender.socketLock().lock();
    try {
      return senderPipe.hasRoomOrMute();
    } finally {
      sender.socketLock().unlock();
    }
  }

  void send(int count) {
    for (int i = 0; i < count; i++) {
      sender.socketLock().lock();
      int actions = senderPipe.append(flow.next());
      sender.socketLock().unlock();
      act(senderPipe, actions);
    }
  }

  boolean sendIfRoom() {
    sender.socketLock().lock();
    int actions = 0;
    boolean room;
    try {
      room = senderPipe.hasRoomOrMute();
      if (room) {
        actions = senderPipe.append(flow.next());
      }
      senderWaits = !room;
    } finally {
      sender.socketLock().unlock();
    }
    act(senderPipe, actions);
    return room;
  }

  // The reader's thread.

  /** Looks that often, and returns the credit. */
  void take(int looks) {
    reader.socketLock().lock();
    flow.take(looks);
    int actions = flow.queue.takeCreditNews() ? readerPipe.link.onCredit(readerPipe) : 0;
    reader.socketLock().unlock();
    act(readerPipe, actions);
  }

  boolean senderWoken() {
    return sender.writable() > 0;
  }

  /** Looks once; goes to sleep if there is nothing, and true if it stays so. */
  boolean sleepUnlessReadable() {
    int before = flow.taken();
    take(1);
    if (flow.taken() != before) {
      return false;
    }
    reader.socketLock().lock();
    try {
      return !readerPipe.link.arm(readerPipe);
    } finally {
      reader.socketLock().unlock();
    }
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

  /** The reader's side gives back what memory it can. */
  void trimReader() {
    trim(reader, readerPipe);
  }

  /** And the sender's. */
  void trimSender() {
    trim(sender, senderPipe);
  }

  /** Twice, as nothing may have moved since it was last asked. */
  private static void trim(FakeOwner owner, Pipe pipe) {
    owner.socketLock().lock();
    try {
      pipe.link.trim(pipe);
      pipe.link.trim(pipe);
    } finally {
      owner.socketLock().unlock();
    }
  }

  int taken() {
    return flow.taken();
  }

  // Afterwards.

  int timesReaderWoken() {
    return reader.readable();
  }

  int judge() {
    int error = flow.judge();
    readerPipe.out.close();
    return error;
  }

  /** A reader that sleeps and was not told must have taken all. */
  int judgeSleep(int sent) {
    boolean slept = reader.readable() == 0 && flow.taken() < sent;
    return judge() | (slept ? Verdict.ASLEEP : 0);
  }

  /** As the sender has waited or sent one more: both must be able to go on. */
  int judgeBothSides() {
    int error = 0;
    if (senderWaits && sender.writable() == 0 && flow.queue.hasRoom()) {
      error |= Verdict.ASLEEP;
    }
    if (readerSleeps && reader.readable() == 0 && !flow.queue.isEmpty()) {
      error |= Verdict.ASLEEP;
    }
    return judge() | error;
  }
}
