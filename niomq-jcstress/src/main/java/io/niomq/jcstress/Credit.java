package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A producer that respects the high-water mark never has more messages in the queue than that. The
 * first result is how many it sent, the second how many the reader took meanwhile.
 */
public final class Credit {
  private static final Script[] SCRIPTS =
      Script.variants(new int[][] {{300}, {300}, {900}, {10}, {10}});

  private Credit() {}

  /** High-water mark 1: each message waits for the credit of the one before. */
  @JCStressTest
  @Outcome(id = "[1-5], [0-5], 0", expect = ACCEPTABLE, desc = "Never above the mark.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class MarkOfOne {
    private final Flow flow = new Flow(SCRIPTS, 1);
    private final Meeting meeting = new Meeting();

    @Actor
    public void producer(III_Result r) {
      meeting.await();
      r.r1 = flow.sendWhileRoom(8);
    }

    @Actor
    public void consumer(III_Result r) {
      meeting.await();
      r.r2 = flow.take(8);
    }

    @Arbiter
    public void judge(III_Result r) {
      r.r3 = flow.judge();
    }
  }

  /** High-water mark 2: credit comes message by message. */
  @JCStressTest
  @Outcome(id = "[2-5], [0-5], 0", expect = ACCEPTABLE, desc = "Never above the mark.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class MarkOfTwo {
    private final Flow flow = new Flow(SCRIPTS, 2);
    private final Meeting meeting = new Meeting();

    @Actor
    public void producer(III_Result r) {
      meeting.await();
      r.r1 = flow.sendWhileRoom(8);
    }

    @Actor
    public void consumer(III_Result r) {
      meeting.await();
      r.r2 = flow.take(8);
    }

    @Arbiter
    public void judge(III_Result r) {
      r.r3 = flow.judge();
    }
  }

  /** High-water mark 3: credit comes in steps of two, and when the reader finds nothing. */
  @JCStressTest
  @Outcome(id = "[3-5], [0-5], 0", expect = ACCEPTABLE, desc = "Never above the mark.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class MarkOfThree {
    private final Flow flow = new Flow(SCRIPTS, 3);
    private final Meeting meeting = new Meeting();

    @Actor
    public void producer(III_Result r) {
      meeting.await();
      r.r1 = flow.sendWhileRoom(8);
    }

    @Actor
    public void consumer(III_Result r) {
      meeting.await();
      r.r2 = flow.take(8);
    }

    @Arbiter
    public void judge(III_Result r) {
      r.r3 = flow.judge();
    }
  }
}
