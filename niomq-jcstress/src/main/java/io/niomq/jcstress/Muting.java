package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * A sender at the high-water mark says that it waits, then looks again; the reader returns credit,
 * then looks whether somebody waits, and wakes nobody if not. First result: the sender has room;
 * second: the reader wakes it. One of the two must be.
 */
public final class Muting {
  private Muting() {}

  /** The mark is 1: the reader takes the only message. */
  @JCStressTest
  @Outcome(id = "true, (true|false), 0", expect = ACCEPTABLE, desc = "Sees room by itself.")
  @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Waits, and is woken.")
  @Outcome(expect = FORBIDDEN, desc = "Waits, and nobody knows.")
  @State
  public static class MarkOfOne {
    private final InprocPair pair = new InprocPair(1);
    private final Meeting meeting = new Meeting();

    @Actor
    public void sender(ZZI_Result r) {
      meeting.await();
      r.r1 = pair.hasRoomOrMute();
    }

    @Actor
    public void reader(ZZI_Result r) {
      meeting.await();
      pair.take(1);
      r.r2 = pair.senderWoken();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r3 = pair.judge();
    }
  }

  /** The mark is 3: credit comes with the second message. */
  @JCStressTest
  @Outcome(id = "true, (true|false), 0", expect = ACCEPTABLE, desc = "Sees room by itself.")
  @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Waits, and is woken.")
  @Outcome(expect = FORBIDDEN, desc = "Waits, and nobody knows.")
  @State
  public static class MarkOfThree {
    private final InprocPair pair = new InprocPair(3);
    private final Meeting meeting = new Meeting();

    @Actor
    public void sender(ZZI_Result r) {
      meeting.await();
      r.r1 = pair.hasRoomOrMute();
    }

    @Actor
    public void reader(ZZI_Result r) {
      meeting.await();
      pair.take(2);
      r.r2 = pair.senderWoken();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r3 = pair.judge();
    }
  }

  /** The reader takes all there is and learns that from the look which finds nothing. */
  @JCStressTest
  @Outcome(id = "true, (true|false), 0", expect = ACCEPTABLE, desc = "Sees room by itself.")
  @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Waits, and is woken.")
  @Outcome(expect = FORBIDDEN, desc = "Waits, and nobody knows.")
  @State
  public static class ReadEmpty {
    private final InprocPair pair = new InprocPair(2);
    private final Meeting meeting = new Meeting();

    @Actor
    public void sender(ZZI_Result r) {
      meeting.await();
      r.r1 = pair.hasRoomOrMute();
    }

    @Actor
    public void reader(ZZI_Result r) {
      meeting.await();
      pair.take(3);
      r.r2 = pair.senderWoken();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r3 = pair.judge();
    }
  }
}
