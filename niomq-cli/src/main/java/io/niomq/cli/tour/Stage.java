package io.niomq.cli.tour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * What a stop has around it: somebody to tell the story to, threads and processes, a folder for its
 * ipc paths, and a list of what was promised and came out otherwise. Closing it ends and removes
 * all of them.
 *
 * <p>Thread-safe.
 */
final class Stage implements AutoCloseable {
  private final Narrator narrator;
  private final AtomicLong delivered = new AtomicLong();
  private final List<String> broken = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final List<PeerProcess> processes = new CopyOnWriteArrayList<>();
  private final Thread emergencyExit = new Thread(this::removeLeftovers, "tour-emergency-exit");
  private Path folder;

  Stage(Narrator narrator) {
    this.narrator = narrator;
    Runtime.getRuntime().addShutdownHook(emergencyExit);
  }

  /** Tells what happened. */
  void say(String who, String what) {
    narrator.say(who, what);
  }

  /** Tells what happened, with numbers written as 1,234. */
  void say(String who, String format, Object... values) {
    narrator.say(who, String.format(Locale.ROOT, format, values));
  }

  /** Counts messages that have arrived where they should. */
  void delivered(long messages) {
    delivered.addAndGet(messages);
  }

  /** Checks one thing that was promised. */
  void expect(String what, Object promised, Object found) {
    if (Objects.equals(promised, found)) {
      narrator.line("   ok: " + what + ": " + show(found));
    } else {
      fail(what + ": " + show(found) + ", promised was " + show(promised));
    }
  }

  private static String show(Object value) {
    return value instanceof Number ? String.format(Locale.ROOT, "%,d", value) : value.toString();
  }

  /** Notes that something did not come out as promised. */
  void fail(String what) {
    broken.add(what);
    narrator.line("   NOT AS PROMISED: " + what);
  }

  /** Starts a thread of this stop; what it throws makes the stop fail. */
  Thread start(String name, Action action) {
    Thread thread =
        new Thread(
            () -> {
              try {
                action.run();
              } catch (Exception | AssertionError e) {
                narrator.trace(e);
                fail(name + " failed: " + e);
              }
            },
            "tour " + name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }

  /** Waits for the end of all other threads of this stop. */
  void join() throws InterruptedException {
    for (Thread thread : threads) {
      if (thread != Thread.currentThread()) {
        thread.join(Patience.LIMIT.toMillis());
        if (thread.isAlive()) {
          throw new IllegalStateException(thread.getName() + " does not end");
        }
      }
    }
  }

  /** Starts a process that plays a part of this stop. */
  PeerProcess process(String part, String name, String... arguments) {
    PeerProcess process = PeerProcess.start(narrator, part, name, arguments);
    processes.add(process);
    return process;
  }

  /** An ipc endpoint in a folder that goes with this stop. */
  synchronized String ipc(String name) {
    try {
      if (folder == null) {
        folder = Files.createTempDirectory("niomq-tour");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "ipc://" + folder.resolve(name);
  }

  long delivered() {
    return delivered.get();
  }

  boolean asPromised() {
    return broken.isEmpty();
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(emergencyExit);
    } catch (IllegalStateException e) {
      return; // shutting down: the hook does it
    }
    threads.forEach(Thread::interrupt);
    removeLeftovers();
  }

  private synchronized void removeLeftovers() {
    processes.forEach(PeerProcess::destroy);
    if (folder == null) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      narrator.say("tour", "cannot remove " + folder + ": " + e);
    }
    folder = null;
  }
}
