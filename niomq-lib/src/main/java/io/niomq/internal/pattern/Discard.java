package io.niomq.internal.pattern;

import io.niomq.DropReason;
import io.niomq.internal.pipe.Pipe;

/**
 * What a type that does not receive does with messages that reach it all the same (inproc peers may
 * send them).
 */
final class Discard {
  private Discard() {}

  static void all(PatternHost host, Pipe pipe) {
    do {
      while (pipe.in.next()) {
        if (!pipe.in.isCommand()) {
          host.drop(pipe, DropReason.NOT_RECEIVING, 1);
        }
        pipe.in.finish();
      }
      host.credited(pipe);
    } while (host.foundEmpty(pipe));
  }
}
