package io.niomq.internal.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.PeerProperties;
import io.niomq.SocketType;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A SUB whose publisher is lost again and again, before it has read anything. */
class SubReconnectTest {
  private final Bench bench = new Bench(SocketType.SUB);
  private final Sub sub = new Sub(bench);

  @ParameterizedTest
  @ValueSource(ints = {Peer.ZMTP_2_0, Peer.ZMTP_3_1})
  void tellsEachSubscriptionOnce(int version) {
    Pipe pipe = bench.pipe(0);
    pipe.peer = new Peer(SocketType.PUB, new byte[0], version, "", PeerProperties.NONE);
    sub.attached(pipe);
    sub.subscribe(Bench.utf8("A"));
    for (int i = 0; i < 3; i++) {
      pipe.connected = true;
      sub.connected(pipe);
      sub.subscribe(Bench.utf8("B")); // told, and forgotten
      sub.unsubscribe(Bench.utf8("B"));
      pipe.connected = false;
      sub.disconnected(pipe);
    }
    pipe.connected = true;
    sub.connected(pipe);
    assertThat(Bench.sent(pipe)).singleElement().asString().endsWith("A");
  }
}
