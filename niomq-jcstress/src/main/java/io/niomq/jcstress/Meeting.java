package io.niomq.jcstress;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets two actors begin at about the same time. The harness starts them together only once in many
 * runs; without this, nearly always one is through before the other begins.
 */
public final class Meeting {
  private static final int PATIENCE = 3000;

  /** Differences up to about as long as an actor takes. */
  private static final int HEAD_START = 60;

  private final AtomicInteger present = new AtomicInteger();

  /** Waits for the other one, but not for long, and then for a random moment. */
  public void await() {
    present.incrementAndGet();
    for (int i = 0; i < PATIENCE && present.get() < 2; i++) {
      Thread.onSpinWait();
    }
    int delay = ThreadLocalRandom.current().nextInt(2 * HEAD_START) - HEAD_START;
    for (int i = 0; i < delay; i++) {
      Thread.onSpinWait();
    }
  }
}
