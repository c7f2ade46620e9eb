package io.niomq.internal.pattern;

import static io.niomq.internal.pattern.Bench.arrive;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.SocketType;
import io.niomq.internal.pipe.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 28 to 30, fair-queuing: one message of each in turn, and the silent ones cost nothing. */
class FairQueueTest {
  private final Bench bench = new Bench(SocketType.PULL);
  private final FairQueue queue = new FairQueue(bench);

  private Pipe add() {
    Pipe pipe = bench.pipe(0);
    queue.add(pipe);
    return pipe;
  }

  /** The next message, or null. */
  private String read() {
    Pipe pipe = queue.next();
    if (pipe == null) {
      return null;
    }
    String body = new String(pipe.in.toArray(), StandardCharsets.UTF_8);
    queue.finish(pipe);
    return body;
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(read()).isNull();
    add();
    assertThat(read()).isNull();
  }

  @Test
  void takesOneOfEachInTurn() {
    Pipe[] pipes = {add(), add(), add()};
    for (int p = 0; p < 3; p++) {
      for (int i = 0; i < 3; i++) {
        arrive(pipes[p], p + " " + i);
      }
    }
    List<String> read = new ArrayList<>();
    for (String s = read(); s != null; s = read()) {
      read.add(s);
    }
    assertThat(read).containsExactly("0 0", "1 0", "2 0", "0 1", "1 1", "2 1", "0 2", "1 2", "2 2");
  }

  @Test
  void tellsOfTheOnlyOneThatMayHaveSomethingIfThePatternHandsOver() {
    FairQueue handsOver = new FairQueue(bench, true);
    Pipe a = bench.pipe(0);
    Pipe b = bench.pipe(0);
    handsOver.add(a);
    assertThat(bench.source).isSameAs(a);
    handsOver.add(b);
    assertThat(bench.source).as("two take turns").isNull();
    arrive(b, "1");
    assertThat(handsOver.next()).isSameAs(b);
    assertThat(bench.source).as("a was found empty").isSameAs(b);
    handsOver.readable(a);
    assertThat(bench.source).isNull();
    handsOver.remove(b);
    assertThat(bench.source).isSameAs(a);
    assertThat(handsOver.next()).isNull();
    assertThat(bench.source).as("who is found empty is asked for by the pattern").isNull();
    handsOver.remove(a);
    assertThat(bench.source).isNull();
  }

  @Test
  void tellsOfNobodyElse() {
    add();
    assertThat(bench.source).isNull();
  }

  @Test
  void keepsTheTurnsOfTheOthersWhenOneIsEmpty() {
    Pipe[] pipes = {add(), add(), add()};
    for (int i = 0; i < 3; i++) {
      arrive(pipes[0], "0 " + i);
      arrive(pipes[2], "2 " + i);
    }
    arrive(pipes[1], "1 0");
    List<String> read = new ArrayList<>();
    for (String s = read(); s != null; s = read()) {
      read.add(s);
    }
    assertThat(read).containsExactly("0 0", "1 0", "2 0", "0 1", "2 1", "0 2", "2 2");
  }

  @Test
  void findsTheSameMessageUntilItIsFinished() {
    Pipe a = add();
    Pipe b = add();
    arrive(a, "a");
    arrive(b, "b");
    assertThat(queue.next()).isSameAs(a);
    assertThat(queue.next()).isSameAs(a);
    assertThat(read()).isEqualTo("a");
    assertThat(read()).isEqualTo("b");
  }

  @Test
  void setsTheEmptyOnesAsideAndSaysSo() {
    Pipe a = add();
    Pipe b = add();
    arrive(b, "b");
    assertThat(read()).isEqualTo("b");
    assertThat(read()).isNull();
    assertThat(bench.foundEmpty).containsExactlyInAnyOrder(a, b);
    arrive(a, "a");
    assertThat(read()).as("before the report").isNull();
    queue.readable(a);
    queue.readable(a); // twice is once
    assertThat(read()).isEqualTo("a");
  }

  @Test
  void readsTheEndedOnesEmptyAndSaysSo() {
    Pipe a = add();
    arrive(a, "last words");
    a.ended = true;
    queue.ended(a);
    assertThat(read()).isEqualTo("last words");
    assertThat(bench.finished).isEmpty();
    assertThat(read()).isNull();
    assertThat(bench.finished).containsExactly(a);
    assertThat(queue.contains(a)).isFalse();
  }

  @Test
  void readsTheEndedOnesThatAreSetAside() {
    Pipe a = add();
    assertThat(read()).isNull();
    a.ended = true;
    queue.ended(a);
    assertThat(bench.changes).as("who waits has to look").isOne();
    assertThat(read()).isNull();
    assertThat(bench.finished).containsExactly(a);
  }

  @Test
  void finishesAtOnceThoseThatAreNoMembers() {
    Pipe stranger = bench.pipe(0);
    arrive(stranger, "not to be read");
    queue.readable(stranger);
    assertThat(bench.changes).isZero();
    stranger.ended = true;
    queue.ended(stranger);
    assertThat(bench.finished).containsExactly(stranger);
    assertThat(bench.changes).isZero();
    assertThat(read()).isNull();
  }

  @Test
  void forgetsThoseThatGo() {
    Pipe a = add();
    Pipe b = add();
    arrive(a, "a");
    arrive(b, "b");
    queue.remove(a);
    queue.remove(a); // twice is once
    assertThat(read()).isEqualTo("b");
    assertThat(read()).isNull();
  }

  @Test
  void skipsCommands() {
    Pipe a = add();
    a.in.appendCommand(Bench.utf8("\4PING"));
    arrive(a, "a");
    assertThat(read()).isEqualTo("a");
  }

  /** Members come, send and go, in any order: nothing is lost, and each keeps its order. */
  @Test
  void losesNothing() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Pipe> members = new ArrayList<>();
    List<int[]> counts = new ArrayList<>(); // sent, read
    int waiting = 0;
    for (int step = 0; step < 20_000; step++) {
      int choice = random.nextInt(5);
      if (choice == 0 && members.size() < 8) {
        members.add(add());
        counts.add(new int[2]);
      } else if (choice < 3 && !members.isEmpty()) {
        int at = random.nextInt(members.size());
        arrive(members.get(at), at + " " + counts.get(at)[0]++);
        waiting++;
        queue.readable(members.get(at));
      } else {
        String next = read();
        if (waiting == 0) {
          assertThat(next).as("seed " + seed).isNull();
        } else {
          waiting--;
          int at = next.charAt(0) - '0';
          assertThat(next).as("seed " + seed).isEqualTo(at + " " + counts.get(at)[1]++);
        }
      }
    }
  }
}
