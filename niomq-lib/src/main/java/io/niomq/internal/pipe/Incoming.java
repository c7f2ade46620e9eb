package io.niomq.internal.pipe;

/**
 * One message on its way to the reader: the frames from the queue's current one on, preceded by
 * {@link #prefix} where the pattern adds a frame (a ROUTER's routing id). Guarded by the socket's
 * lock.
 *
 * <p>It lives as long as the socket, and a reference that is written into an old object may cost a
 * fence of the garbage collector's: what stays the same is not written again, nor taken back when
 * the message is the reader's.
 */
public final class Incoming {
  /** Where the message stands; its cursor is at the first frame to deliver. */
  public FrameQueue queue;

  /** The pipe that the queue belongs to, or null for a queue of the socket's own. */
  public Pipe pipe;

  /** A frame to deliver before the queue's, or null. */
  public byte[] prefix;

  /** Who sent the message that was set last. */
  public Peer sender() {
    return pipe == null ? Peer.UNKNOWN : pipe.peer;
  }

  public void set(FrameQueue queue, Pipe pipe, byte[] prefix) {
    if (this.queue != queue) {
      this.queue = queue;
    }
    if (this.pipe != pipe) {
      this.pipe = pipe;
    }
    if (this.prefix != prefix) {
      this.prefix = prefix;
    }
  }
}
