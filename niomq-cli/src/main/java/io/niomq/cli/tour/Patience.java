package io.niomq.cli.tour;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.time.Duration;

/** How long anything in the tour may take; nothing waits longer. */
final class Patience {
  /** The longest wait for one thing: a message, a thread, a process. */
  static final Duration LIMIT = Duration.ofSeconds(15);

  /** The longest time for a whole stop. */
  static final Duration STOP_LIMIT = Duration.ofSeconds(40);

  private Patience() {}

  /** A socket whose sends and receives give up, with an exception, after {@link #LIMIT}. */
  static Socket open(Context context, SocketType type) {
    return context
        .socket(type)
        .set(SocketOptions.RCVTIMEO, LIMIT)
        .set(SocketOptions.SNDTIMEO, LIMIT)
        .set(SocketOptions.LINGER, LIMIT);
  }
}
