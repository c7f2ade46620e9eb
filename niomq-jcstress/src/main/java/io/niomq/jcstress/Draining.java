package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.internal.pipe.FrameQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * Several threads append to an outbound queue, under the lock, and then write what is there unless
 * somebody else does. A sender whose try to own the queue failed has left its message to the owner,
 * who looks again after giving the queue back. So in the end everything is written, whole and in
 * order, and nobody was woken.
 */
public final class Draining {
  private Draining() {}

  /** Two senders, one message each. First two results: the sender wrote by itself. */
  @JCStressTest
  @Outcome(id = "(true|false), (true|false), 0", expect = ACCEPTABLE, desc = "All is written.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class TwoSenders {
    private static final Script[] SCRIPTS = Script.variants(new int[][] {{30}, {30}});
    private final Wire wire = new Wire(SCRIPTS, Integer.MAX_VALUE);
    private final Meeting meeting = new Meeting();

    @Actor
    public void one(ZZI_Result r) {
      meeting.await();
      wire.append();
      r.r1 = wire.drain();
    }

    @Actor
    public void two(ZZI_Result r) {
      meeting.await();
      wire.append();
      r.r2 = wire.drain();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r3 = wire.judge();
    }
  }

  /** Messages that need a chunk of their own, several for each sender. */
  @JCStressTest
  @Outcome(id = "(true|false), (true|false), 0", expect = ACCEPTABLE, desc = "All is written.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class ChunkChange {
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{300}, {900}, {10}, {1900}});
    private final Wire wire = new Wire(SCRIPTS, Integer.MAX_VALUE);
    private final Meeting meeting = new Meeting();

    @Actor
    public void one(ZZI_Result r) {
      meeting.await();
      wire.append();
      r.r1 = wire.drain();
      wire.append();
      r.r1 |= wire.drain();
    }

    @Actor
    public void two(ZZI_Result r) {
      meeting.await();
      wire.append();
      r.r2 = wire.drain();
      wire.append();
      r.r2 |= wire.drain();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r3 = wire.judge();
    }
  }

  /** Messages held by reference among small ones. */
  @JCStressTest
  @Outcome(id = "(true|false), (true|false), 0", expect = ACCEPTABLE, desc = "All is written.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class Large {
    private static final int L = FrameQueue.INLINE_MAX + 1;
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{L}, {10}, {5, L, 0}, {L}});
    private final Wire wire = new Wire(SCRIPTS, Integer.MAX_VALUE);
    private final Meeting meeting = new Meeting();

    @Actor
    public void one(ZZI_Result r) {
      meeting.await();
      wire.append();
      r.r1 = wire.drain();
      wire.append();
      r.r1 |= wire.drain();
    }

    @Actor
    public void two(ZZI_Result r) {
      meeting.await();
      wire.append();
      r.r2 = wire.drain();
      wire.append();
      r.r2 |= wire.drain();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r3 = wire.judge();
    }
  }

  /**
   * One appends and never writes, the other writes to a channel that takes a few octets at a time.
   */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class ShortWrites {
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{1}, {5, 0}, {300}, {900}, {2}});
    private final Wire wire = new Wire(SCRIPTS, 250);
    private final Meeting meeting = new Meeting();

    @Actor
    public void sender() {
      meeting.await();
      for (int i = 0; i < 5; i++) {
        wire.append();
      }
    }

    @Actor
    public void drainer() {
      meeting.await();
      for (int i = 0; i < 8; i++) {
        wire.drain();
      }
    }

    @Arbiter
    public void judge(I_Result r) {
      wire.flush();
      r.r1 = wire.judge();
    }
  }
}
