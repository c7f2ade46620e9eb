package io.niomq.internal.zmtp;

import static io.niomq.internal.zmtp.GuardWatch.BURST;
import static io.niomq.internal.zmtp.GuardWatch.CLOCK_EVERY_MAX;
import static io.niomq.internal.zmtp.GuardWatch.GUARD_LATE_NANOS;
import static io.niomq.internal.zmtp.GuardWatch.PAUSE_NANOS;
import static io.niomq.internal.zmtp.GuardWatch.STREAMS_MAX;
import static io.niomq.internal.zmtp.GuardWatch.WRITE_LATE_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardWatchTest {
  private static final long START = 1_000_000_000;

  private long time = START;
  private int clockReads;

  private final GuardWatch watch =
      new GuardWatch() {
        @Override
        long now() {
          clockReads++;
          return time;
        }
      };

  @BeforeEach
  void theGuardComes() {
    watch.begun();
  }

  private boolean isLate() {
    return watch.isLate(START, 1);
  }

  @Test
  void aGuardHasTimeToWakeUp() {
    time += GUARD_LATE_NANOS;
    assertThat(isLate()).isFalse();
  }

  @Test
  void aGuardThatDoesNotWakeUpIsLate() {
    time += GUARD_LATE_NANOS + 1;
    assertThat(isLate()).isTrue();
  }

  @Test
  void aGuardThatLooksIsNotLate() {
    for (int i = 0; i < 1000; i++) {
      time += GUARD_LATE_NANOS / 2;
      watch.looked(false, 0);
      assertThat(isLate()).isFalse();
    }
  }

  @Test
  void aGuardOfManyHasLongerRounds() {
    time += 500_000;
    watch.looked(false, 0);
    time += 1_000_000 + GUARD_LATE_NANOS;
    assertThat(isLate()).isFalse();
    time += 100_000;
    assertThat(isLate()).isTrue();
  }

  @Test
  void aGuardThatRestsHasTimeToComeBack() {
    watch.looked(false, 100_000);
    time += 100_000 + GUARD_LATE_NANOS;
    assertThat(isLate()).isFalse();
    time += 200_000;
    assertThat(isLate()).isTrue();
  }

  @Test
  void whoHasWrittenWaitsAgain() {
    time += 1_000_000;
    assertThat(watch.isLate(time - WRITE_LATE_NANOS, 1)).isFalse();
    time += 100_000;
    assertThat(watch.isLate(time - WRITE_LATE_NANOS - 1, 1)).isTrue();
  }

  @Test
  void behindALateGuardEachMessageOfABurstIsWritten() {
    time += 1_000_000;
    for (int i = 0; i < BURST; i++) {
      assertThat(watch.isLate(i == 0 ? START : time, 1)).isTrue();
    }
    assertThat(watch.isLate(time, 1)).isFalse();
  }

  /**
   * The guard is late, and so many messages are sent at once. Returns how many of them are written
   * by themselves.
   */
  private int messagesAtOnce(int count) {
    time += 1_000_000;
    int written = 0;
    long writtenAt = START;
    for (int i = 0; i < count; i++) {
      if (watch.isLate(writtenAt, 1)) {
        written++;
        writtenAt = time;
      }
    }
    return written;
  }

  @Test
  void inAStreamMessagesAreWrittenOneByOneEverMoreSeldom() {
    List<Integer> oneByOne = new ArrayList<>();
    for (int i = 0; i < 260; i++) {
      if (messagesAtOnce(2 * CLOCK_EVERY_MAX) > 1) {
        oneByOne.add(i);
      }
    }
    assertThat(oneByOne).containsExactly(0, 2, 6, 14, 30, 62, 126, 190, 254);
  }

  @Test
  void aStreamIsOneAlthoughTheGuardLooksInBetween() {
    assertThat(messagesAtOnce(BURST / 2)).isEqualTo(BURST / 2);
    watch.looked(false, 0);
    watch.looked(false, 0);
    assertThat(watch.isLate(time, 1)).isFalse();
    assertThat(messagesAtOnce(BURST / 2)).isEqualTo(1);
  }

  @Test
  void burstsThatEndAreWrittenMessageByMessageEachTime() {
    for (int i = 0; i < 100; i++) {
      time += 1_000_000;
      for (int j = 0; j < BURST; j++) {
        assertThat(watch.isLate(j == 0 ? START : lastWrite(j), 1)).isTrue();
      }
      time += 100_000;
      assertThat(watch.isLate(time, 1)).isFalse();
    }
  }

  /** In the middle there is a pause: the next burst begins. */
  private long lastWrite(int message) {
    long before = time;
    time += message == BURST / 2 ? PAUSE_NANOS + 1 : 0;
    return before;
  }

  @Test
  void aStreamAfterABurstIsOne() {
    messagesAtOnce(BURST / 2);
    messagesAfterAPause();
    time += 1_000_000;
    assertThat(watch.isLate(time, 1)).isFalse();
    assertThat(messagesAtOnce(BURST)).isEqualTo(BURST);
    time += 1_000_000;
    assertThat(watch.isLate(time, 1)).isFalse();
    assertThat(messagesAtOnce(BURST)).isEqualTo(1);
  }

  @Test
  void messagesThatNobodyHasWrittenYetAreNoPause() {
    time += 1_000_000;
    for (int j = 0; j < BURST; j++) {
      assertThat(watch.isLate(START, 1)).isTrue(); // all of them before the first write
    }
    assertThat(watch.isLate(time, 1)).isFalse();
    assertThat(messagesAtOnce(BURST)).isEqualTo(1);
  }

  @Test
  void whoComesBackToEachOfManyInTurnMakesNoPause() {
    assertThat(isStreamOfEight(8 * PAUSE_NANOS)).isTrue();
  }

  @Test
  void whoComesBackToThemLaterDoes() {
    assertThat(isStreamOfEight(8 * PAUSE_NANOS + 1)).isFalse();
  }

  /** Whether messages that come so long after a write, to eight peers, are taken for a stream. */
  private boolean isStreamOfEight(long pause) {
    time += 10_000_000;
    assertThat(watch.isLate(START, 8)).isTrue();
    time += pause;
    for (int i = 1; i < BURST; i++) {
      assertThat(watch.isLate(time - pause, 8)).isTrue();
    }
    time += 1_000_000;
    assertThat(watch.isLate(time, 8)).isFalse();
    time += 10_000_000;
    assertThat(watch.isLate(START, 8)).isTrue();
    return !watch.isLate(time, 8);
  }

  @Test
  void burstsAfterAStreamAreFound() {
    for (int i = 0; i < 200; i++) {
      messagesAtOnce(2 * CLOCK_EVERY_MAX);
    }
    int streams = 0;
    int bursts = 0;
    while (bursts < 100) { // in a row
      if (messagesAtOnce(BURST / 2) > 1) {
        messagesAfterAPause();
        bursts++;
      } else {
        bursts = 0;
        assertThat(++streams).isLessThan(4 * STREAMS_MAX);
      }
    }
  }

  private void messagesAfterAPause() {
    time += PAUSE_NANOS + 1;
    assertThat(watch.isLate(time - PAUSE_NANOS - 1, 1)).isTrue();
    for (int i = 0; i < BURST / 2; i++) {
      watch.isLate(time, 1);
    }
  }

  @Test
  void theBurstEndsWhenTheGuardLooks() {
    time += 1_000_000;
    assertThat(isLate()).isTrue();
    watch.looked(false, 0);
    assertThat(watch.isLate(time, 1)).isFalse();
  }

  @Test
  void aPatientGuardLeavesOneWriteInAWhileToItsSenders() {
    watch.looked(true, 0);
    time += WRITE_LATE_NANOS + 1;
    assertThat(isLate()).isTrue();
    assertThat(watch.isLate(time, 1)).isFalse();
    time += WRITE_LATE_NANOS + 1;
    assertThat(watch.isLate(time, 1)).isFalse();
    assertThat(watch.isLate(time - WRITE_LATE_NANOS - 1, 1)).isTrue();
  }

  @Test
  void inACrowdAllTakeLonger() {
    time += 10 * GUARD_LATE_NANOS;
    assertThat(watch.isLate(START, 10)).isFalse();
    time += 100_000;
    assertThat(watch.isLate(START, 10)).isTrue();
  }

  @Test
  void whoSendsFastSeldomReadsTheClock() {
    clockReads = 0;
    for (int i = 0; i < 100 * CLOCK_EVERY_MAX; i++) {
      time += 50;
      watch.isLate(time, 1);
    }
    assertThat(clockReads).isLessThan(150);
  }

  @Test
  void whoSendsSlowlyAlwaysDoes() {
    clockReads = 0;
    for (int i = 0; i < 100; i++) {
      time += 50_000;
      watch.isLate(time, 1);
    }
    assertThat(clockReads).isEqualTo(100);
  }

  @Test
  void theNextGuardIsNotTakenForTheLast() {
    time += 500_000;
    watch.looked(true, 0);
    watch.begun();
    time += GUARD_LATE_NANOS;
    assertThat(isLate()).isFalse();
    time++;
    assertThat(isLate()).isTrue();
  }

  @Test
  void whoSendsSlowerThanBeforeReadsTheClockAgain() {
    for (int i = 0; i < 1000 * CLOCK_EVERY_MAX; i++) {
      time += 50;
      watch.isLate(time, 1);
    }
    clockReads = 0;
    int messages = 0;
    for (; clockReads == 0; messages++) {
      time += 50_000;
      watch.isLate(time, 1);
    }
    assertThat(messages).isLessThanOrEqualTo(CLOCK_EVERY_MAX);
    for (int i = 0; i < 100; i++) {
      time += 50_000;
      watch.isLate(time, 1);
    }
    assertThat(clockReads).isEqualTo(101);
  }
}
