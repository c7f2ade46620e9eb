package io.niomq.internal.pattern;

import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;

/** One empty message to a new peer, so that a ROUTER learns of it. {@code ZMQ_PROBE_ROUTER}. */
final class Probe {
  private static final byte[] EMPTY = {};

  private final PatternHost host;
  private final Outgoing message = new Outgoing();

  Probe(PatternHost host) {
    this.host = host;
  }

  void send(Pipe pipe) {
    host.act(pipe, pipe.append(message.of(EMPTY, 0, 0)));
  }
}
