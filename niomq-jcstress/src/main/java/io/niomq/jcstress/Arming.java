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
 * An inproc reader that found nothing asks to be told of what comes next; a sender tells only a
 * reader that has asked. First result: the reader goes to sleep; second: it was told. A sleeping
 * reader must have been told, unless it slept after it had everything.
 */
public final class Arming {
  private Arming() {}

  /** One message against one look. */
  @JCStressTest
  @Outcome(id = "false, false, 0", expect = ACCEPTABLE, desc = "Met the message.")
  @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Met it, and was told all the same.")
  @Outcome(id = "true, true, 0", expect = ACCEPTABLE, desc = "Slept and was told.")
  @Outcome(expect = FORBIDDEN, desc = "Sleeps with a message in the queue.")
  @State
  public static class OneMessage {
    private final InprocPair pair = new InprocPair(0);
    private final Meeting meeting = new Meeting();

    @Actor
    public void sender() {
      meeting.await();
      pair.send(1);
    }

    @Actor
    public void reader(ZZI_Result r) {
      meeting.await();
      r.r1 = pair.sleepUnlessReadable();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r2 = pair.timesReaderWoken() == 1;
      r.r3 = pair.judge();
    }
  }

  /**
   * Several messages and a reader that takes what it meets before it sleeps; the first it missed
   * tells it.
   */
  @JCStressTest
  @Outcome(id = "true, true, 0", expect = ACCEPTABLE, desc = "Slept and was told.")
  @Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "Slept after it had them all.")
  @Outcome(expect = FORBIDDEN, desc = "Sleeps with a message in the queue.")
  @State
  public static class SeveralMessages {
    private final InprocPair pair = new InprocPair(0);
    private final Meeting meeting = new Meeting();

    @Actor
    public void sender() {
      meeting.await();
      pair.send(3);
    }

    @Actor
    public void reader(ZZI_Result r) {
      meeting.await();
      r.r1 = pair.readUntilAsleep();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r2 = pair.timesReaderWoken() == 1;
      r.r3 = pair.judgeSleep(3);
    }
  }

  /** Both sides of a full queue of one: the sender waits for room, the reader for messages. */
  @JCStressTest
  @Outcome(
      id = "(true|false), (true|false), 0",
      expect = ACCEPTABLE,
      desc = "Nobody waits for ever.")
  @Outcome(expect = FORBIDDEN, desc = "See Verdict.")
  @State
  public static class BothWait {
    private final InprocPair pair = new InprocPair(1);
    private final Meeting meeting = new Meeting();

    @Actor
    public void sender(ZZI_Result r) {
      meeting.await();
      r.r1 = pair.sendIfRoom();
    }

    @Actor
    public void reader(ZZI_Result r) {
      meeting.await();
      r.r2 = pair.readUntilAsleep();
    }

    @Arbiter
    public void judge(ZZI_Result r) {
      r.r3 = pair.judgeBothSides();
    }
  }
}
