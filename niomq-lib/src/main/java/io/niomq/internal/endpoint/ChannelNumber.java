package io.niomq.internal.endpoint;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What events tell in the place of libzmq's file descriptor, which Java does not have. See
 * docs/decisions/0019-monitor.md.
 */
final class ChannelNumber {
  /** There is no channel: the number of an invalid descriptor. */
  static final int NONE = -1;

  private static final AtomicInteger LAST = new AtomicInteger();

  private ChannelNumber() {}

  /** A number that no channel of this process has had. */
  static int next() {
    return LAST.incrementAndGet();
  }
}
