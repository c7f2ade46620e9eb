package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.internal.pipe.Body;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Shared memory is given back once, by the last of its holders. First result: before the end;
 * second: at the end.
 */
public final class Bodies {
  private Bodies() {}

  /** Two holders let go. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Once, by the last one.")
  @Outcome(expect = FORBIDDEN, desc = "Never, twice or too early.")
  @State
  public static class TwoHolders {
    private final AtomicInteger released = new AtomicInteger();
    private final Body body = Body.over(ByteBuffer.allocate(1), released::incrementAndGet).retain();

    @Actor
    public void one(II_Result r) {
      r.r1 += released.get(); // not yet: this thread holds it still
      body.release();
    }

    @Actor
    public void two() {
      body.retain();
      body.release();
      body.release();
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r2 = released.get();
    }
  }

  /** A third hold outlives both. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Once, by the last one.")
  @Outcome(expect = FORBIDDEN, desc = "Never, twice or too early.")
  @State
  public static class ThirdHolder {
    private final AtomicInteger released = new AtomicInteger();
    private final Body body =
        Body.over(ByteBuffer.allocate(1), released::incrementAndGet).retain().retain();

    @Actor
    public void one() {
      body.retain();
      body.release();
      body.release();
    }

    @Actor
    public void two() {
      body.release();
    }

    @Arbiter
    public void judge(II_Result r) {
      r.r1 = released.get();
      body.release();
      r.r2 = released.get();
    }
  }
}
