package io.niomq.internal.transport;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;

/** A bound endpoint. */
public interface Listening extends AutoCloseable {

  /** The channel to accept from; non-blocking. */
  ServerSocketChannel channel();

  /** The endpoint with the real address and port, as {@code ZMQ_LAST_ENDPOINT} tells it. */
  String endpoint();

  /**
   * Closes the channel and removes the file of an ipc endpoint; again is harmless. While the
   * channel is registered with a selector, the operating system keeps the address until that
   * selector has next selected.
   */
  @Override
  void close();

  /** Why {@link #close} could not remove the file of an ipc endpoint; null when it could. */
  default IOException leftBehind() {
    return null;
  }
}
