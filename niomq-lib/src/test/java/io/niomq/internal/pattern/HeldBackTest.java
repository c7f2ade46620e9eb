package io.niomq.internal.pattern;

import static io.niomq.internal.pattern.Bench.message;
import static io.niomq.internal.pattern.Bench.sent;
import static io.niomq.internal.pattern.Bench.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.DropReason;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a publisher with many subscribers does not append at once: docs/decisions/0028. */
class HeldBackTest {
  private static final int MARK = 320;

  /** With that mark. */
  private static final int HELD_MAX = 10;

  private final Bench bench = new Bench(SocketType.XPUB);
  private final FanOut fanOut = new FanOut(bench);
  private final List<Pipe> pipes = new ArrayList<>();

  /** A connection that an I/O thread looks after, or not. */
  private static final class Link implements PipeLink {
    boolean guarded = true;

    @Override
    public boolean isGuarded() {
      return guarded;
    }

    @Override
    public int onAppended(Pipe pipe) {
      return 0;
    }

    @Override
    public int onCredit(Pipe pipe) {
      return 0;
    }

    @Override
    public void act(Pipe pipe, int actions) {}

    @Override
    public boolean arm(Pipe pipe) {
      return false;
    }

    @Override
    public SelectableChannel channel() {
      return null;
    }

    @Override
    public boolean fill() {
      return false;
    }

    @Override
    public boolean isFinished() {
      return false;
    }

    @Override
    public void refillBudget() {}
  }

  private Pipe add(int mark, String... prefixes) {
    Pipe pipe = bench.pipe(mark);
    pipe.link = new Link();
    fanOut.add(pipe);
    for (String prefix : prefixes) {
      fanOut.subscribe(pipe, utf8(prefix));
    }
    pipes.add(pipe);
    return pipe;
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      add(MARK, "a");
    }
  }

  private void send(String... bodies) {
    for (String body : bodies) {
      assertThat(fanOut.send(message(body))).isTrue();
    }
  }

  /** Sends messages {@code a0}, {@code a1} and so on. */
  private void sendNumbered(int from, int to) {
    send(numbered(from, to).toArray(String[]::new));
  }

  private static List<String> numbered(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "a" + i).toList();
  }

  private boolean holds() {
    return pipes.get(0).heldBack;
  }

  private void assertAllGot(List<String> bodies) {
    for (Pipe pipe : pipes) {
      assertThat(sent(pipe)).isEqualTo(bodies);
    }
  }

  @Test
  void isAllButTheFirst() {
    add(HeldBack.SUBSCRIBERS_MIN);
    send("a1");
    assertThat(holds()).isFalse();
    assertAllGot(List.of("a1"));
    send("a2", "a3");
    assertThat(holds()).isTrue();
    assertAllGot(List.of());
    fanOut.releaseHeld();
    assertThat(holds()).isFalse();
    assertAllGot(List.of("a2", "a3"));
  }

  @Test
  void isNothingWithFewSubscribers() {
    add(HeldBack.SUBSCRIBERS_MIN - 1);
    sendNumbered(0, 5);
    assertThat(holds()).isFalse();
    assertAllGot(numbered(0, 5));
  }

  @Test
  void isNothingWhenNobodyLooksAfterOneOfThem() {
    add(HeldBack.SUBSCRIBERS_MIN);
    ((Link) pipes.get(4).link).guarded = false;
    sendNumbered(0, 5);
    assertAllGot(numbered(0, 5));
    pipes.get(4).link = null; // it connects again
    sendNumbered(5, 9);
    assertAllGot(numbered(5, 9));
  }

  @Test
  void isNothingWhenOneHasLostItsGuardSince() {
    add(HeldBack.SUBSCRIBERS_MIN);
    send("a1");
    Link link = (Link) pipes.get(4).link;
    link.guarded = false;
    send("a2");
    assertThat(holds()).isFalse();
    assertAllGot(List.of("a1", "a2"));
    link.guarded = true;
    send("a3");
    assertThat(holds()).isTrue();
  }

  @Test
  void isNothingWithAMarkOfFewMessages() {
    for (int i = 0; i < HeldBack.SUBSCRIBERS_MIN; i++) {
      add(i == 5 ? 63 : MARK, "a");
    }
    sendNumbered(0, 5);
    assertThat(holds()).isFalse();
    assertAllGot(numbered(0, 5));
  }

  @Test
  void isNothingWhenOneWantsTheNewestOnly() {
    add(HeldBack.SUBSCRIBERS_MIN);
    pipes.get(0).isInproc = true; // else the queue is asked what it has written
    pipes.get(0).conflatesOut = true;
    sendNumbered(0, 5);
    assertThat(holds()).isFalse();
  }

  @Test
  void isNothingWhenTheCallerHasToKnow() {
    bench.set(SocketOptions.XPUB_NODROP);
    add(HeldBack.SUBSCRIBERS_MIN);
    sendNumbered(0, 5);
    assertThat(holds()).isFalse();
    assertAllGot(numbered(0, 5));
  }

  @Test
  void isNothingWhenThoseThatDoNotMatchAreMeant() {
    bench.set(SocketOptions.INVERT_MATCHING);
    add(HeldBack.SUBSCRIBERS_MIN);
    send("b1", "b2", "a3");
    assertThat(holds()).isFalse();
    assertAllGot(List.of("b1", "b2"));
  }

  @Test
  void isAppendedWhenItIsMuch() {
    add(HeldBack.SUBSCRIBERS_MIN);
    sendNumbered(0, 1 + HELD_MAX);
    assertAllGot(List.of("a0"));
    sendNumbered(1 + HELD_MAX, 2 + HELD_MAX);
    assertAllGot(numbered(1, 1 + HELD_MAX));
    fanOut.releaseHeld();
    assertAllGot(numbered(1 + HELD_MAX, 2 + HELD_MAX));
  }

  @Test
  void isAppendedBeforeALargeMessage() {
    add(HeldBack.SUBSCRIBERS_MIN);
    String large = "a".repeat(2000);
    send("a1", "a2", large, "a3", "a".repeat(1000));
    fanOut.releaseHeld();
    assertAllGot(List.of("a1", "a2", large, "a3", "a".repeat(1000)));
  }

  @Test
  void isAppendedBeforeAMessageToOthers() {
    add(HeldBack.SUBSCRIBERS_MIN);
    Pipe other = add(MARK, "a2");
    send("a1", "a2", "a1", "a3", "a2", "b", "a1");
    fanOut.releaseHeld();
    assertThat(sent(other)).containsExactly("a2", "a2");
    pipes.remove(other);
    assertAllGot(List.of("a1", "a2", "a1", "a3", "a2", "a1"));
  }

  @Test
  void isAppendedBeforeAMessageToOneOfThem() {
    add(HeldBack.SUBSCRIBERS_MIN);
    send("a1", "a2");
    Pipe one = pipes.remove(3);
    fanOut.sendTo(one, message("a3"));
    assertThat(sent(one)).containsExactly("a1", "a2", "a3");
    assertAllGot(List.of("a1", "a2"));
  }

  @Test
  void isForThoseWhoHadSubscribedWhenItWasSent() {
    add(HeldBack.SUBSCRIBERS_MIN + 1);
    send("a1", "a2");
    Pipe newcomer = add(MARK, "a");
    send("a3", "a4");
    fanOut.unsubscribe(newcomer, utf8("a"));
    send("a5", "a6");
    Pipe gone = pipes.get(2);
    fanOut.remove(gone, false);
    send("a7", "a8");
    fanOut.releaseHeld();
    assertThat(sent(newcomer)).containsExactly("a3", "a4");
    assertThat(sent(gone)).containsExactly("a1", "a2", "a3", "a4", "a5", "a6");
    pipes.removeAll(List.of(newcomer, gone));
    assertAllGot(List.of("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"));
  }

  @Test
  void goesToEachQueueAsFarAsThereIsRoom() {
    add(HeldBack.SUBSCRIBERS_MIN);
    int more = 5;
    Pipe fast = pipes.get(0);
    sendNumbered(0, MARK - more);
    fanOut.releaseHeld();
    assertThat(sent(fast)).isEqualTo(numbered(0, MARK - more));
    sendNumbered(MARK - more, MARK + 3 * HELD_MAX);
    fanOut.releaseHeld();
    assertThat(sent(fast)).isEqualTo(numbered(MARK - more, MARK + 3 * HELD_MAX));
    pipes.remove(fast);
    assertAllGot(numbered(0, MARK));
    assertThat(bench.drops)
        .containsOnly(Map.entry(DropReason.HIGH_WATER_MARK, 3L * HELD_MAX * pipes.size()));
  }

  @Test
  void becomesLessWhenAMarkDoes() {
    add(HeldBack.SUBSCRIBERS_MIN);
    sendNumbered(0, 5);
    for (Pipe pipe : pipes) {
      pipe.out.highWaterMark(64);
    }
    fanOut.releaseHeld();
    assertAllGot(numbered(0, 5));
    sendNumbered(5, 8);
    assertAllGot(numbered(5, 7)); // a 32nd of it
    fanOut.releaseHeld();
    assertAllGot(numbered(7, 8));
  }

  @Test
  void isForNobodyElse() {
    Pipe other = add(MARK, "b");
    pipes.remove(other);
    add(HeldBack.SUBSCRIBERS_MIN);
    send("a1", "a2");
    assertThat(pipes).allMatch(pipe -> pipe.heldBack);
    assertThat(other.heldBack).isFalse();
    fanOut.releaseHeld();
    assertThat(pipes).noneMatch(pipe -> pipe.heldBack);
  }

  @Test
  void endsBetweenMessagesOfSeveralFrames() {
    add(HeldBack.SUBSCRIBERS_MIN);
    for (int i = 0; i < MARK + 1; i++) {
      Outgoing message = new Outgoing().reset();
      message.add(utf8("a" + i));
      message.add(new byte[i % 300]);
      message.add(utf8("end"));
      fanOut.send(message);
    }
    fanOut.releaseHeld();
    for (Pipe pipe : pipes) {
      for (int i = 0; i < MARK; i++) {
        assertThat(pipe.out.next()).isTrue();
        assertThat(pipe.out.toArray()).isEqualTo(utf8("a" + i));
        pipe.out.nextFrame();
        assertThat(pipe.out.size()).isEqualTo(i % 300);
        pipe.out.nextFrame();
        assertThat(pipe.out.toArray()).isEqualTo(utf8("end"));
        assertThat(pipe.out.more()).isFalse();
        pipe.out.finish();
      }
      assertThat(pipe.out.next()).isFalse();
    }
  }
}
