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

/**
 * Messages change thread through a {@link FrameQueue}: all of them, whole, unchanged and in order,
 * whatever the reader has seen of the chunk, or of the link to the next one, when it looks. The
 * first result is how many messages the reader met while the producer was at work.
 */
public final class HandOver {
  private HandOver() {}

  /** Several messages in one chunk. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class OneChunk {
    private static final Script[] SCRIPTS = Script.variants(new int[][] {{1}, {0}, {20}, {255}});
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
      r.r1 = flow.take(6);
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r2 = flow.judge();
    }
  }

  /** The last message of a chunk and the link to the next chunk come one right after the other. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class ChunkChange {
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{300}, {300}, {900}, {900}, {2000}});
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
      r.r1 = flow.take(10);
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r2 = flow.judge();
    }
  }

  /** Each message has a chunk of its own. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class ChunkEach {
    private static final Script[] SCRIPTS = Script.variants(new int[][] {{900}, {1900}, {3900}});
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
      r.r1 = flow.take(6);
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r2 = flow.judge();
    }
  }

  /** Messages held by reference between small ones; their memory is given back once each. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class Large {
    private static final int L = FrameQueue.INLINE_MAX + 1;
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{10}, {L}, {10}, {L, 10, L}, {L}, {10}});
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
      r.r1 = flow.take(10);
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r2 = flow.judge();
    }
  }

  /** Messages of several frames are never seen in part, also where the chunk ends. */
  @JCStressTest
  @Outcome(id = "\\d, 0", expect = ACCEPTABLE, desc = "Whole and in order.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class ManyFrames {
    private static final Script[] SCRIPTS =
        Script.variants(new int[][] {{5, 0, 300}, {0, 0}, {400, 400, 1}, {3, 2, 1}});
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
      r.r1 = flow.take(7);
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r2 = flow.judge();
    }
  }
}
