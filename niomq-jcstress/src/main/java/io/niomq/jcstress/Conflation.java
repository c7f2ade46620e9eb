package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.internal.pipe.FrameQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Only the newest message counts (ZMQ_CONFLATE): older ones come whole or not at all, and the
 * newest always.
 */
public final class Conflation {
  private Conflation() {}

  /** Each append gives up what is not written, while somebody writes, a few octets at a time. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Whole, and the newest last.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class Outbound {
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{10}, {40}, {300}, {900}, {1}});
    private final Wire wire = new Wire(SCRIPTS, 50);
    private final Meeting meeting = new Meeting();

    public Outbound() {
      wire.conflate();
    }

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
      r.r1 = wire.judgeConflated();
    }
  }

  /** The same with messages held by reference. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Whole, and the newest last.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class OutboundLarge {
    private static final int L = FrameQueue.INLINE_MAX + 1;
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{L}, {10}, {L}, {L}, {10}});
    private final Wire wire = new Wire(SCRIPTS, 5000);
    private final Meeting meeting = new Meeting();

    public OutboundLarge() {
      wire.conflate();
    }

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
      for (int i = 0; i < 6; i++) {
        wire.drain();
      }
    }

    @Arbiter
    public void judge(I_Result r) {
      wire.flush();
      r.r1 = wire.judgeConflated();
    }
  }

  /** The reader skips to the newest message. First result: how many it took or skipped. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "In order, and the newest at last.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class Inbound {
    private static final int L = FrameQueue.INLINE_MAX + 1;
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{300}, {300}, {900}, {L}, {10}, {L}});
    private final Flow flow = new Flow(SCRIPTS, 0);
    private final Meeting meeting = new Meeting();

    @Actor
    public void producer() {
      meeting.await();
      flow.sendAll();
    }

    @Actor
    public void consumer(II_Result r) {
      meeting.await();
      r.r1 = flow.takeNewest(6);
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r2 = flow.judgeNewest();
    }
  }
}
