package io.niomq.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** What the library logs from now on; it is kept from the console meanwhile. */
public final class Logged extends Handler implements AutoCloseable {
  private static final Logger LOGGER = Logger.getLogger("io.niomq"); // the name of the library's

  private final List<String> all = new CopyOnWriteArrayList<>();
  private final boolean parents = LOGGER.getUseParentHandlers();

  private Logged() {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(this);
  }

  /** Listens from now on to warnings. */
  public static Logged warnings() {
    return new Logged();
  }

  public List<String> all() {
    return List.copyOf(all);
  }

  /** The first message that contains all {@code parts}, once it has come. */
  public String await(String... parts) {
    return Await.value(
        "a warning with " + List.of(parts) + "; so far " + all,
        () ->
            all.stream()
                .filter(m -> Stream.of(parts).allMatch(m::contains))
                .findFirst()
                .orElse(null));
  }

  @Override
  public void publish(LogRecord entry) {
    if (entry.getLevel() == Level.WARNING) {
      all.add(entry.getMessage());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LOGGER.removeHandler(this);
    LOGGER.setUseParentHandlers(parents);
  }
}
