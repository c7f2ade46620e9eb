package io.niomq.internal.pattern;

import static io.niomq.internal.pattern.Bench.message;
import static io.niomq.internal.pattern.Bench.sent;
import static io.niomq.internal.pattern.Bench.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.internal.pipe.Pipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 29, fan-out: once to every subscriber with a prefix that matches. */
class FanOutTest {
  private final Bench bench = new Bench(SocketType.XPUB);
  private final FanOut fanOut = new FanOut(bench);

  private Pipe add(int mark, String... prefixes) {
    Pipe pipe = bench.pipe(mark);
    fanOut.add(pipe);
    for (String prefix : prefixes) {
      fanOut.subscribe(pipe, utf8(prefix));
    }
    return pipe;
  }

  @Test
  void goesToThoseThatMatch() {
    Pipe a = add(0, "a");
    Pipe ab = add(0, "ab");
    Pipe all = add(0, "");
    Pipe none = add(0);
    for (String topic : new String[] {"", "a", "abc", "b"}) {
      assertThat(fanOut.send(message(topic))).isTrue();
    }
    assertThat(sent(a)).containsExactly("a", "abc");
    assertThat(sent(ab)).containsExactly("abc");
    assertThat(sent(all)).containsExactly("", "a", "abc", "b");
    assertThat(sent(none)).isEmpty();
    assertThat(bench.drops).isEmpty();
  }

  @Test
  void goesOnceHoweverManyMatch() {
    Pipe pipe = add(0, "", "a", "ab", "ab");
    fanOut.send(message("abc"));
    assertThat(sent(pipe)).containsExactly("abc");
  }

  @Test
  void countsWhatNobodyWants() {
    add(0, "a");
    assertThat(fanOut.send(message("b"))).isTrue();
    assertThat(bench.drops).containsEntry(DropReason.NO_SUBSCRIBER, 1L);
  }

  @Test
  void dropsForTheFullOnesOnly() {
    Pipe slow = add(1, "");
    Pipe fast = add(0, "");
    fanOut.send(message("1"));
    fanOut.send(message("2"));
    assertThat(sent(slow)).containsExactly("1");
    assertThat(sent(fast)).containsExactly("1", "2");
    assertThat(bench.drops).containsEntry(DropReason.HIGH_WATER_MARK, 1L);
    fanOut.send(message("3"));
    assertThat(sent(slow)).containsExactly("3");
  }

  @Test
  void goesToNobodyWithNodropWhenOneIsFull() {
    bench.set(SocketOptions.XPUB_NODROP);
    Pipe slow = add(1, "a");
    Pipe fast = add(0, "");
    assertThat(fanOut.send(message("a1"))).isTrue();
    assertThat(fanOut.send(message("a2"))).isFalse();
    assertThat(slow.isMuted()).isTrue();
    assertThat(fanOut.send(message("b"))).isTrue();
    assertThat(sent(fast)).containsExactly("a1", "b");
    assertThat(sent(slow)).containsExactly("a1");
    assertThat(fanOut.send(message("a2"))).isTrue();
    assertThat(bench.drops).isEmpty();
    PatternFacts facts = new PatternFacts();
    fanOut.explain(facts);
    assertThat(facts.published).as("an attempt in vain is no message").isEqualTo(3);
  }

  @Test
  void goesToTheOthersWhenInverted() {
    bench.set(SocketOptions.INVERT_MATCHING);
    Pipe a = add(0, "a");
    Pipe none = add(0);
    fanOut.send(message("a1"));
    fanOut.send(message("b1"));
    assertThat(sent(a)).containsExactly("b1");
    assertThat(sent(none)).containsExactly("a1", "b1");
  }

  @Test
  void tellsTheFirstSubscriptionAndTheLastCancellation() {
    Pipe one = add(0);
    Pipe two = add(0);
    assertThat(fanOut.subscribe(one, utf8("a"))).isTrue();
    assertThat(fanOut.subscribe(two, utf8("a"))).isFalse();
    assertThat(fanOut.holds(one, utf8("a"))).isTrue();
    assertThat(fanOut.unsubscribe(one, utf8("a"))).isFalse();
    assertThat(fanOut.holds(one, utf8("a"))).isFalse();
    assertThat(fanOut.unsubscribe(two, utf8("a"))).isTrue();
    assertThat(fanOut.unsubscribe(two, utf8("never held"))).isTrue();
  }

  @Test
  void forgetsThoseThatGoAndTellsWhatNobodyHoldsAnyMore() {
    Pipe leaving = add(0, "a", "b", "");
    Pipe staying = add(0, "b");
    assertThat(fanOut.remove(leaving, false)).containsExactlyInAnyOrder(utf8("a"), utf8(""));
    assertThat(fanOut.remove(leaving, false)).isEmpty();
    fanOut.send(message("b"));
    assertThat(sent(leaving)).isEmpty();
    assertThat(sent(staying)).containsExactly("b");
  }

  @Test
  void tellsAllPrefixesOfOneThatGoesWhenAsked() {
    Pipe leaving = add(0, "a", "b");
    add(0, "b");
    assertThat(fanOut.remove(leaving, true)).containsExactlyInAnyOrder(utf8("a"), utf8("b"));
  }

  /** Of a few it keeps a list, more are searched for. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 17, 100})
  void tellsAllPrefixesInTheOrderOfTheirOctets(int count) {
    Pipe leaving = add(0);
    Pipe staying = add(0);
    List<byte[]> expected = new ArrayList<>();
    fanOut.subscribe(leaving, utf8("cancelled"));
    fanOut.unsubscribe(leaving, utf8("cancelled"));
    for (int i = count - 1; i >= 0; i--) {
      fanOut.subscribe(leaving, utf8("leaving " + i));
      fanOut.subscribe(staying, utf8("staying " + i));
      expected.add(utf8("leaving " + i));
    }
    expected.sort(Arrays::compareUnsigned);
    assertThat(fanOut.remove(leaving, false)).containsExactly(expected.toArray(byte[][]::new));
    assertThat(fanOut.topics()).isEqualTo(count);
    assertThat(fanOut.holds(staying, utf8("staying 0"))).isTrue();
  }
}
