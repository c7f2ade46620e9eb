package io.niomq.internal.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.PeerProperties;
import io.niomq.SocketType;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A subscriber whose publisher is lost again and again, before it has read anything. */
class LostPublisherTest {
  private Pipe publisher;

  /** A publisher that is not there yet. */
  private void attachTo(SocketBehavior subscriber, Bench bench, int version) {
    publisher = bench.pipe(0);
    publisher.peer = new Peer(SocketType.XPUB, new byte[0], version, "", PeerProperties.NONE);
    subscriber.attached(publisher);
  }

  /** The publisher comes, is lost after each {@code visit}, and comes again. */
  private void comesAndGoes(SocketBehavior subscriber, int times, Runnable visit) {
    for (int i = 0; i < times; i++) {
      publisher.connected = true;
      subscriber.connected(publisher);
      visit.run();
      publisher.connected = false;
      subscriber.disconnected(publisher);
    }
    publisher.connected = true;
    subscriber.connected(publisher);
  }

  @ParameterizedTest
  @ValueSource(ints = {Peer.ZMTP_2_0, Peer.ZMTP_3_1})
  void isToldEachSubscriptionOfASubOnce(int version) {
    Bench bench = new Bench(SocketType.SUB);
    Sub sub = new Sub(bench);
    attachTo(sub, bench, version);
    sub.subscribe(Bench.utf8("A"));
    comesAndGoes(
        sub,
        3,
        () -> {
          sub.subscribe(Bench.utf8("B")); // told, and forgotten
          sub.unsubscribe(Bench.utf8("B"));
        });
    assertThat(Bench.sent(publisher)).singleElement().asString().endsWith("A");
  }

  @ParameterizedTest
  @ValueSource(ints = {Peer.ZMTP_2_0, Peer.ZMTP_3_1})
  void isToldEachSubscriptionOfAnXSubOnceAndGetsItsMessages(int version) {
    Bench bench = new Bench(SocketType.XSUB);
    XSub xsub = new XSub(bench);
    attachTo(xsub, bench, version);
    xsub.send(Bench.message("\u0001A"));
    xsub.send(Bench.message("\u0001" + "B".repeat(100_000)));
    xsub.send(Bench.message("a message"));
    comesAndGoes(
        xsub,
        100,
        () -> {
          xsub.send(Bench.message("\u0001C")); // told once more, and forgotten
          xsub.send(Bench.message("\0C"));
        });
    assertThat(Bench.sent(publisher))
        .hasSize(3)
        .startsWith("a message")
        .anyMatch(told -> told.endsWith("A"))
        .anyMatch(told -> told.endsWith("B"));
  }
}
