package io.niomq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tour, as a visitor takes it. */
@Timeout(180)
class TourTest {
  @Test
  void keepsAllItsPromisesAndLeavesNoProcessBehind() {
    Run run = Run.niomq("tour");
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(run.out())
        .contains("--- 1 of 11: ", "--- 11 of 11: ", "Everything came out as promised.")
        .doesNotContain("NOT");
    assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(101));
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  @Test
  void visitsOnlyTheStopsAskedFor() {
    Run run = Run.niomq("tour", "relay", "hwm");
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(run.out())
        .contains("--- 1 of 2: A relay between threads", "--- 2 of 2: A high-water mark reached")
        .contains("messages that a PUSH took before it was full: 2,000");
  }

  @Test
  void listsItsStops() {
    Run run = Run.niomq("tour", "--list");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).hasSize(11);
  }

  @Test
  void namesTheStopsWhenOneIsUnknown() {
    assertThat(Run.niomq("tour", "nowhere").err()).contains("There is no stop 'nowhere'", "hello");
  }

  @Test
  void showsAPartThatFails() {
    Run run = Run.niomq("tour-peer", "nobody");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("there is no part nobody");
  }
}
