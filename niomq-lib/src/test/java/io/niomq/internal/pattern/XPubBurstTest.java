package io.niomq.internal.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.SocketType;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.Incoming;
import io.niomq.internal.pipe.Pipe;
import org.junit.jupiter.api.Test;

/** An XPUB whose peers have asked for a great many topics, once. */
class XPubBurstTest {
  private final Bench bench = new Bench(SocketType.XPUB);
  private final XPub xpub = new XPub(bench, new ChunkPool());
  private final Pipe pipe = bench.pipe(0);

  /** The peer asks for so many topics that it has not asked for before; then all are read. */
  private void burst(String name, int topics) {
    for (int i = 0; i < topics; i++) {
      Bench.arrive(pipe, "\u0001" + name + i);
    }
    xpub.readable(pipe);
    Incoming notice = new Incoming();
    int read = 0;
    while (xpub.recv(notice)) {
      xpub.received(notice);
      read++;
    }
    assertThat(read).isEqualTo(topics);
  }

  @Test
  void givesTheListOfSendersBack() {
    xpub.attached(pipe);
    Object first = xpub.senders;
    burst("few ", 10);
    assertThat(xpub.senders).isSameAs(first);
    burst("many ", 10_000);
    assertThat(xpub.senders).isNotSameAs(first);
    Object second = xpub.senders;
    burst("few again ", 10);
    assertThat(xpub.senders).isSameAs(second);
  }
}
