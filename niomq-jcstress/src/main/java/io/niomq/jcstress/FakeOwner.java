package io.niomq.jcstress;

import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeOwner;
import io.niomq.internal.pipe.SendPace;
import io.niomq.internal.pipe.SocketLock;

/** A socket as its pipes see it; counts how often it was told. */
final class FakeOwner implements PipeOwner {
  private final SocketLock lock = new SocketLock();
  private int readable;
  private int writable;
  private long conflated;

  int readable() {
    return readable;
  }

  int writable() {
    return writable;
  }

  long conflated() {
    return conflated;
  }

  @Override
  public SendPace sendPace() {
    throw new UnsupportedOperationException("no connection");
  }

  @Override
  public SocketLock socketLock() {
    return lock;
  }

  @Override
  public void releaseHeld() {}

  @Override
  public void onReadable(Pipe pipe) {
    readable++;
  }

  @Override
  public void onWritable(Pipe pipe) {
    writable++;
  }

  @Override
  public void onConflated(Pipe pipe, long messages) {
    conflated += messages;
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

  @Override
  public boolean onReturn(long seen, Runnable task) {
    return false;
  }
}
