package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.internal.pipe.SocketLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The lock of a socket: one at a time, and what one has written the next one sees. */
public final class Locking {
  private Locking() {}

  /** Plain fields, changed together under the lock, by two threads, twice each. */
  @JCStressTest
  @Outcome(id = "0, 0, 4", expect = ACCEPTABLE, desc = "One after the other.")
  @Outcome(expect = FORBIDDEN, desc = "Two at once, or a change that was not seen.")
  @State
  public static class TwoOwners {
    private final SocketLock lock = new SocketLock();
    private int left;
    private int right;

    private int step() {
      lock.lock();
      int torn = right - left;
      left++;
      right++;
      lock.unlock();
      return torn;
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = step() | step();
    }

    @Actor
    public void two(III_Result r) {
      r.r2 = step() | step();
    }

    @Arbiter
    public void total(III_Result r) {
      r.r3 = left == right ? left : -1;
    }
  }
}
