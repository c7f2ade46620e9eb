package io.niomq.internal.pattern;

import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import java.util.List;

/**
 * The first message on each connection, before what is queued: {@code ZMQ_HELLO_MSG}. A REQ is
 * spared, because it takes replies only and would leave.
 */
final class Hello {
  private final PatternHost host;
  private final Outgoing message = new Outgoing();

  Hello(PatternHost host) {
    this.host = host;
  }

  /** A pipe was attached; nothing was sent to it yet. */
  void attached(Pipe pipe) {
    byte[] hello = hello(pipe);
    if (pipe.isInproc && hello != null) {
      host.act(pipe, pipe.append(message.of(hello, 0, hello.length)));
    }
  }

  /** See {@link SocketBehavior#joining}. */
  void joining(Pipe pipe) {
    byte[] hello = hello(pipe);
    if (hello == null) {
      return;
    }
    FrameQueue out = pipe.out;
    out.own();
    try {
      if (pipe.attachment instanceof Long end && out.takenOctets() < end) {
        return; // that of the last connection was never sent, and is still the first
      }
      List<List<Object>> queued = Queued.take(out);
      if (pipe.conflatesOut && !queued.isEmpty()) {
        Queued.putBack(out, queued); // only the newest message counts
        return;
      }
      out.append(message.of(hello, 0, hello.length));
      pipe.attachment = out.appendedOctets();
      Queued.putBack(out, queued);
    } finally {
      out.disown();
    }
  }

  private byte[] hello(Pipe pipe) {
    byte[] hello = host.options().get(SocketOptions.HELLO_MSG);
    return hello.length > 0 && pipe.peer.type() != SocketType.REQ ? hello : null;
  }
}
