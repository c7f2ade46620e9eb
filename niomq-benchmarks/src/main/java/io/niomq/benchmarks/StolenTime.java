package io.niomq.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much of the processors' time others on the same host took away while programs here wanted to
 * run, since this was made.
 */
final class StolenTime {
  private static final Path FILE = Path.of("/proc/stat");

  /** Of a line such as "cpu user nice system idle iowait irq softirq steal ...". */
  private static final int USER = 1;

  private static final int IDLE = 4;
  private static final int WAIT = 5;
  private static final int STEAL = 8;

  private final long[] before;

  StolenTime() throws IOException {
    before = read();
  }

  /** In percent of the time that was wanted; NaN where the system does not tell. */
  double percent() throws IOException {
    return percent(before, read());
  }

  static double percent(long[] before, long[] after) {
    if (before.length <= STEAL || after.length <= STEAL) {
      return Double.NaN;
    }
    long wanted = 0;
    for (int i = USER; i <= STEAL; i++) {
      wanted += i == IDLE || i == WAIT ? 0 : after[i] - before[i];
    }
    return wanted == 0 ? 0 : 100.0 * (after[STEAL] - before[STEAL]) / wanted;
  }

  private static long[] read() throws IOException {
    return Files.exists(FILE) ? parse(Files.readString(FILE)) : new long[0];
  }

  /** The numbers of the first line, at the place of their words; that of "cpu" is 0. */
  static long[] parse(String stat) {
    String[] words = stat.lines().findFirst().orElse("").split(" +");
    long[] numbers = new long[words.length];
    for (int i = 1; i < words.length; i++) {
      numbers[i] = Long.parseLong(words[i]);
    }
    return numbers;
  }
}
