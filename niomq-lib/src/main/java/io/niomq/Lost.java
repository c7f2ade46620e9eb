package io.niomq;

import java.lang.ref.Cleaner;

/**
 * Finds sockets and contexts that the application has lost without closing them. They are reported,
 * not closed: see docs/decisions/0023-lost-sockets.md.
 */
final class Lost {
  private static final Cleaner CLEANER = Cleaner.create();

  private Lost() {}

  /** Has {@code report}, which must not refer to {@code thing}, run when nobody has it any more. */
  static void watch(Object thing, Runnable report) {
    CLEANER.register(thing, report);
  }
}
