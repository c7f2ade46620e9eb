package io.niomq.internal.zmtp;

import io.niomq.internal.pipe.FrameQueue;
import java.io.IOException;
import java.nio.channels.GatheringByteChannel;

/**
 * Writes what an outbound queue holds to a peer that wants it in another form than the queue's own.
 * Driven by whoever holds the queue's consumer side.
 */
interface FrameWriter {
  /** As {@link FrameQueue#writeTo}. */
  boolean write(FrameQueue queue, GatheringByteChannel channel) throws IOException;

  /** Whether octets of a message that has left the queue are still to be written. */
  boolean hasPending();

  /** How many messages those octets belong to; the first may be written in part. */
  int pendingMessages();

  /** Octets that the channel has taken, up to a moment ago. Any thread. */
  long octetsSent();

  /**
   * Whether the application has asked for the end of the connection, and all before was written.
   */
  default boolean hasHungUp() {
    return false;
  }
}
