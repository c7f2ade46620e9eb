package io.niomq.internal.pipe;

/** The socket that a pipe belongs to, as its connection or inproc peer sees it. */
public interface PipeOwner {
  /** The lock of the socket: see {@link SocketLock}. */
  SocketLock socketLock();

  /** How the socket sends. */
  SendPace sendPace();

  /**
   * Appends the messages that the socket has held back: see {@link Pipe#heldBack}. Called without
   * any socket's lock.
   */
  void releaseHeld();

  /**
   * Messages were published in {@code pipe.in}. Called without any socket's lock, by whoever
   * published them.
   */
  void onReadable(Pipe pipe);

  /**
   * Room came back in {@code pipe.out} after {@link Pipe#isMuted} was seen. Called without any
   * socket's lock.
   */
  void onWritable(Pipe pipe);

  /**
   * The peer of an inproc pipe has closed; what it sent before can still be read. Without any
   * socket's lock.
   */
  void onPeerClosed(Pipe pipe);

  /** Newer messages have taken the place of some. With or without the lock. */
  void onConflated(Pipe pipe, long messages);

  /**
   * Whether callers' threads read this socket's channels at the moment; the I/O thread then leaves
   * them alone.
   */
  boolean isClaimed();

  /**
   * Asks to read again in the I/O thread. Called without the lock.
   *
   * @param seen the value that this method returned before, or 0
   * @return -1 when the claim is over; else a value to pass the next time
   */
  long reclaim(long seen);

  /**
   * Has {@code task} run, once, when the caller that waits in the socket's select returns. Called
   * without the lock.
   *
   * @param seen what {@link #reclaim} returned
   * @return false when no caller waits any more since then
   */
  boolean onReturn(long seen, Runnable task);
}
