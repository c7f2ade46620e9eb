package io.niomq.internal.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.PeerProperties;
import io.niomq.SocketType;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An XSUB whose publisher is lost again and again, before it has read anything. */
class XSubReconnectTest {
  private final Bench bench = new Bench(SocketType.XSUB);
  private final XSub xsub = new XSub(bench);

  @ParameterizedTest
  @ValueSource(ints = {Peer.ZMTP_2_0, Peer.ZMTP_3_1})
  void tellsEachSubscriptionOnceAndKeepsMessages(int version) {
    Pipe pipe = bench.pipe(0);
    pipe.peer = new Peer(SocketType.XPUB, new byte[0], version, "", PeerProperties.NONE);
    xsub.attached(pipe);
    xsub.send(Bench.message("\u0001A"));
    xsub.send(Bench.message("\u0001" + "B".repeat(100_000)));
    xsub.send(Bench.message("a message"));
    for (int i = 0; i < 100; i++) {
      pipe.connected = true;
      xsub.connected(pipe);
      xsub.send(Bench.message("\u0001C")); // told once more, and forgotten
      xsub.send(Bench.message("\0C"));
      pipe.connected = false;
      xsub.disconnected(pipe);
    }
    pipe.connected = true;
    xsub.connected(pipe);
    assertThat(Bench.sent(pipe))
        .hasSize(3)
        .startsWith("a message")
        .anyMatch(told -> told.endsWith("A"))
        .anyMatch(told -> told.endsWith("B"));
  }
}
