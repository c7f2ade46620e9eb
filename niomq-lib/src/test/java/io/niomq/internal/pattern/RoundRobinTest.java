package io.niomq.internal.pattern;

import static io.niomq.internal.pattern.Bench.message;
import static io.niomq.internal.pattern.Bench.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.SocketType;
import io.niomq.internal.pipe.Pipe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** RFC 28 and 30, round-robin: in turn to all that have room. */
class RoundRobinTest {
  private final Bench bench = new Bench(SocketType.PUSH);
  private final RoundRobin robin = new RoundRobin(bench);

  private Pipe add(int mark) {
    Pipe pipe = bench.pipe(mark);
    robin.add(pipe);
    return pipe;
  }

  private boolean send(String body) {
    Pipe pipe = robin.next();
    if (pipe == null) {
      return false;
    }
    robin.send(pipe, message(body));
    return true;
  }

  @Test
  void hasNobodyAtFirst() {
    assertThat(robin.next()).isNull();
  }

  @Test
  void goesFromOneToTheNext() {
    Pipe a = add(0);
    Pipe b = add(0);
    Pipe c = add(0);
    for (int i = 0; i < 6; i++) {
      assertThat(send("m" + i)).isTrue();
    }
    assertThat(sent(a)).containsExactly("m0", "m3");
    assertThat(sent(b)).containsExactly("m1", "m4");
    assertThat(sent(c)).containsExactly("m2", "m5");
  }

  @Test
  void staysWithOneUntilItHasItsMessage() {
    Pipe a = add(0);
    add(0);
    assertThat(robin.next()).isSameAs(a);
    assertThat(robin.next()).isSameAs(a);
  }

  @Test
  void leavesOutTheFullOnes() {
    Pipe a = add(1);
    Pipe b = add(3);
    for (int i = 0; i < 4; i++) {
      assertThat(send("m" + i)).isTrue();
    }
    assertThat(send("full")).isFalse();
    assertThat(a.isMuted()).isTrue();
    assertThat(b.isMuted()).isTrue();
    assertThat(sent(a)).containsExactly("m0");
    assertThat(sent(b)).containsExactly("m1", "m2", "m3");
  }

  @Test
  void tellsForHowManyThereIsRoom() {
    assertThat(robin.room(16)).isZero();
    Pipe a = add(1);
    add(3);
    assertThat(robin.room(16)).isEqualTo(4);
    assertThat(robin.room(2)).isEqualTo(2);
    assertThat(send("1")).isTrue();
    assertThat(send("2")).isTrue();
    assertThat(robin.room(16)).isEqualTo(2);
    assertThat(send("3")).isTrue();
    assertThat(send("4")).isTrue();
    assertThat(robin.room(16)).isZero();
    assertThat(a.isMuted()).isTrue(); // and will be told of
    add(0);
    assertThat(robin.room(16)).isEqualTo(16);
  }

  @Test
  void tellsOfTheOnlyOneThatHasRoomIfThePatternHandsOver() {
    RoundRobin handsOver = new RoundRobin(bench, true);
    Pipe a = bench.pipe(1);
    Pipe b = bench.pipe(0);
    handsOver.add(a);
    assertThat(bench.route).isSameAs(a);
    handsOver.add(b);
    assertThat(bench.route).as("two take turns").isNull();
    handsOver.send(handsOver.next(), message("1"));
    handsOver.send(handsOver.next(), message("2"));
    assertThat(handsOver.next()).isSameAs(b);
    assertThat(bench.route).as("a is full").isSameAs(b);
    assertThat(sent(a)).containsExactly("1");
    a.unmute();
    handsOver.activate(a);
    assertThat(bench.route).isNull();
    handsOver.remove(b);
    assertThat(bench.route).isSameAs(a);
    handsOver.remove(a);
    assertThat(bench.route).isNull();
  }

  @Test
  void tellsOfNobodyElse() {
    add(0);
    assertThat(bench.route).isNull();
  }

  @Test
  void comesBackToThoseThatReportRoom() {
    Pipe a = add(1);
    assertThat(send("1")).isTrue();
    assertThat(send("2")).isFalse();
    assertThat(sent(a)).containsExactly("1");
    assertThat(robin.next()).as("before the report").isNull();
    a.unmute();
    robin.activate(a);
    robin.activate(a); // twice is once
    assertThat(send("2")).isTrue();
    assertThat(sent(a)).containsExactly("2");
  }

  @Test
  void forgetsThoseThatGo() {
    Pipe a = add(0);
    Pipe b = add(0);
    Pipe c = add(0);
    send("1");
    robin.remove(b);
    robin.remove(b); // twice is once
    send("2");
    send("3");
    assertThat(sent(a).size() + sent(c).size()).isEqualTo(3);
    assertThat(sent(b)).isEmpty();
    robin.remove(a);
    robin.remove(c);
    assertThat(robin.next()).isNull();
  }

  @Test
  void letsTheOnlyMemberSetThePace() {
    Pipe a = add(0);
    assertThat(a.pacesSender).isTrue();
    Pipe b = add(0);
    Pipe c = add(0);
    assertThat(List.of(a, b, c)).noneMatch(pipe -> pipe.pacesSender);
    robin.remove(a);
    assertThat(List.of(a, b, c)).noneMatch(pipe -> pipe.pacesSender);
    robin.remove(c);
    assertThat(List.of(a, b, c)).filteredOn(pipe -> pipe.pacesSender).containsExactly(b);
  }

  /**
   * Members come, fill up, report room and go, in any order: exactly those with room are served.
   */
  @Test
  void servesExactlyThoseWithRoom() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Pipe> members = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      switch (random.nextInt(4)) {
        case 0 -> {
          if (members.size() < 8) {
            members.add(add(1 + random.nextInt(3)));
          }
        }
        case 1 -> {
          if (!members.isEmpty() && random.nextInt(4) == 0) {
            robin.remove(members.remove(random.nextInt(members.size())));
          }
        }
        case 2 -> {
          if (!members.isEmpty()) {
            Pipe pipe = members.get(random.nextInt(members.size()));
            sent(pipe);
            pipe.unmute();
            robin.activate(pipe);
          }
        }
        default -> {
          Set<Pipe> withRoom = new HashSet<>();
          members.stream().filter(p -> p.out.hasRoom()).forEach(withRoom::add);
          Pipe next = robin.next();
          if (withRoom.isEmpty()) {
            assertThat(next).as("seed " + seed).isNull();
          } else {
            assertThat(withRoom).as("seed " + seed).contains(next);
            robin.send(next, message("x"));
          }
        }
      }
    }
  }
}
