package io.niomq.internal.zmtp;

import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeOwner;
import io.niomq.internal.pipe.SendPace;
import io.niomq.internal.pipe.SocketLock;

/** A socket as its connections see it. Nobody waits in it. */
final class FakeSocket implements PipeOwner {
  private final SocketLock lock = new SocketLock();
  private final SendPace pace = new SendPace();

  /** What it does when it is to append the messages that it has held back. */
  Runnable release = () -> {};

  /** Thrown when it is asked for its pace, as the writing side is made. */
  RuntimeException noPace;

  /** What it does when messages have come. */
  Runnable readable = () -> {};

  @Override
  public SocketLock socketLock() {
    return lock;
  }

  @Override
  public SendPace sendPace() {
    if (noPace != null) {
      throw noPace;
    }
    return pace;
  }

  @Override
  public void releaseHeld() {
    release.run();
  }

  @Override
  public void onReadable(Pipe pipe) {
    readable.run();
  }

  @Override
  public void onWritable(Pipe pipe) {
    throw new AssertionError("nobody waits for room");
  }

  @Override
  public void onPeerClosed(Pipe pipe) {
    throw new AssertionError("no inproc peer");
  }

  @Override
  public void onConflated(Pipe pipe, long messages) {
    throw new AssertionError("every message counts");
  }

  @Override
  public boolean isClaimed() {
    return false;
  }

  @Override
  public long reclaim(long seen) {
    throw new AssertionError("nobody reads but the I/O thread");
  }

  @Override
  public boolean onReturn(long seen, Runnable task) {
    throw new AssertionError("nobody reads but the I/O thread");
  }
}
