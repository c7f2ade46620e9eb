package io.niomq.internal.socket;

/**
 * Who opened a socket or a context.
 *
 * @param thread the name of the thread
 * @param place the line of the program: the first that is not the library's own
 */
record Opener(String thread, String place) {
  /** Of a socket that the library uses itself. */
  static final Opener LIBRARY = new Opener("", "the library itself");

  private static final StackWalker WALKER = StackWalker.getInstance();

  /** The caller of the library. */
  static Opener here() {
    String place =
        WALKER.walk(
            frames ->
                frames
                    .filter(f -> !isOurs(f.getClassName()))
                    .findFirst()
                    .map(f -> f.toStackTraceElement().toString())
                    .orElse("an unknown place"));
    return new Opener(Thread.currentThread().getName(), place);
  }

  private static boolean isOurs(String className) {
    return className.startsWith("io.niomq.internal.")
        || className.equals("io.niomq.Context")
        || className.startsWith("io.niomq.Context$");
  }
}
