package io.niomq.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The producer keeps the limit that it has worked out from a high-water mark; somebody else changes
 * the mark. Whatever the producer does meanwhile, the new mark counts afterwards.
 */
@JCStressTest
@Outcome(id = "[01], 0", expect = ACCEPTABLE, desc = "The new mark of 1 is reached.")
@Outcome(expect = FORBIDDEN, desc = "The limit of the old mark, which was none, has stayed.")
@State
public class NewMark {
  private static final ChunkPool POOL = new ChunkPool();
  private static final byte[] BODY = new byte[0];

  private final FrameQueue queue = new FrameQueue(POOL, 0);

  public NewMark() {
    queue.append(BODY, 0, 0);
  }

  @Actor
  public void producer(II_Result r) {
    r.r1 = queue.hasRoom() ? 1 : 0;
  }

  @Actor
  public void other() {
    queue.highWaterMark(1);
  }

  @Arbiter
  public void later(II_Result r) {
    r.r2 = queue.hasRoom() ? 1 : 0;
    queue.close();
  }
}
