package io.niomq.internal.socket;

/**
 * The library's logger. A class of its own, so that nothing of the logging system is loaded before
 * there is something to say.
 */
final class Log {
  private static final System.Logger LOGGER = System.getLogger("io.niomq");

  private Log() {}

  static boolean warns() {
    return LOGGER.isLoggable(System.Logger.Level.WARNING);
  }

  /** Handlers may block: not on an I/O thread, and under no lock. */
  static void warn(String message) {
    LOGGER.log(System.Logger.Level.WARNING, message);
  }
}
