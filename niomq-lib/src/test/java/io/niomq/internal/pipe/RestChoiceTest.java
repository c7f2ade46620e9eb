package io.niomq.internal.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RestChoiceTest {
  private static final int OCTETS = FrameQueue.CHUNK_MAX;
  private static final int PERIOD =
      RestChoice.TURN * (RestChoice.CHOSEN_TURNS + RestChoice.OTHER_TURNS);
  private static final int TRIED = RestChoice.TURN * RestChoice.OTHER_TURNS;

  private final RestChoice choice = new RestChoice();
  private Rest rest = Rest.SHORT;

  /** One period of a stream: for how many of its chunks they rest longer. */
  private int longerInPeriod(double shorterCost, double longerCost) {
    int longer = 0;
    for (int i = 0; i < PERIOD; i++) {
      double cost = isLonger() ? longerCost : shorterCost;
      longer += isLonger() ? 1 : 0;
      rest = choice.next(OCTETS, Math.round(OCTETS * cost));
    }
    return longer;
  }

  private boolean isLonger() {
    return rest == Rest.LONG;
  }

  @Test
  void triesBothAndStaysWithTheFaster() {
    assertThat(longerInPeriod(1, 2)).isEqualTo(TRIED);
    assertThat(longerInPeriod(1, 2)).isEqualTo(TRIED);
  }

  @Test
  void changesWhenTheOtherIsFaster() {
    assertThat(longerInPeriod(4, 1)).isEqualTo(TRIED);
    assertThat(longerInPeriod(4, 1)).isEqualTo(PERIOD - TRIED);
    assertThat(longerInPeriod(1, 2)).isEqualTo(PERIOD - TRIED);
    assertThat(longerInPeriod(1, 2)).isEqualTo(TRIED);
  }

  @Test
  void takesMoreMemoryOnlyIfItIsWorthIt() {
    assertThat(longerInPeriod(1, 0.95)).isEqualTo(TRIED);
    assertThat(longerInPeriod(1, 0.95)).isEqualTo(TRIED);
    assertThat(longerInPeriod(1, 0.85)).isEqualTo(TRIED);
    assertThat(longerInPeriod(1, 0.85)).isEqualTo(PERIOD - TRIED);
  }

  @Test
  void forgetsWhatWasBefore() {
    longerInPeriod(1, 2);
    longerInPeriod(4, 1);
    assertThat(longerInPeriod(2, 4)).as("the longer was faster").isEqualTo(PERIOD - TRIED);
    assertThat(longerInPeriod(2, 4)).as("the shorter is now").isEqualTo(TRIED);
  }

  /** A thread that gets no processor for a while makes one turn long, not all. */
  @Test
  void oneSlowTurnDoesNotChangeIt() {
    slowLastTurnOfTheChosen(1, 2);
    assertThat(longerInPeriod(1, 2)).isEqualTo(TRIED);
    longerInPeriod(4, 1);
    slowLastTurnOfTheChosen(4, 1);
    assertThat(longerInPeriod(4, 1)).isEqualTo(PERIOD - TRIED);
  }

  private void slowLastTurnOfTheChosen(double shorterCost, double longerCost) {
    for (int i = 0; i < PERIOD; i++) {
      boolean slow = i / RestChoice.TURN == RestChoice.CHOSEN_TURNS - 1;
      double cost = isLonger() ? longerCost : shorterCost;
      rest = choice.next(OCTETS, Math.round(OCTETS * cost * (slow ? 100 : 1)));
    }
  }

  /** What the turn before has left says nothing about this one. */
  @Test
  void theFirstChunksOfATurnDoNotCount() {
    for (int i = 0; i < PERIOD; i++) {
      boolean first = i % RestChoice.TURN < 4;
      rest = choice.next(OCTETS, isLonger() ? first ? 100L * OCTETS : OCTETS : 4L * OCTETS);
    }
    assertThat(longerInPeriod(4, 1)).isEqualTo(PERIOD - TRIED);
  }
}
