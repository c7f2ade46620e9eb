package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Both ends of an inproc pipe give back what memory they do not need, each on its own, while
 * messages pass. The first result is how many messages the reader met meanwhile.
 */
public final class GivingBack {
  private GivingBack() {}

  /** Chunks that are not full are left, and read to their end before their memory goes. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class BetweenMessages {
    private final InprocPair pair = new InprocPair(0);
    private final Meeting meeting = new Meeting();

    @Actor
    public void sender() {
      meeting.await();
      for (int i = 0; i < 3; i++) {
        pair.send(1);
        pair.trimSender();
        pair.send(1);
      }
    }

    @Actor
    public void reader(II_Result r) {
      meeting.await();
      for (int i = 0; i < 6; i++) {
        pair.take(1);
        pair.trimReader();
      }
      r.r1 = pair.taken();
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r2 = pair.judge();
    }
  }
}
