package io.niomq.internal.pattern;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long it takes to find the prefixes of a topic among many: each prefix is as long as a topic
 * and random, so that it matches one topic of those asked for. In this package because the map is.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PrefixMapBenchmark {
  /** Topics asked for in turn; a power of two. */
  private static final int TOPICS = 4096;

  @Param({"1", "1000", "100000", "1000000"})
  public int prefixes;

  /** Octets of a topic and of a prefix. */
  @Param({"16", "64"})
  public int topicSize;

  private final PrefixMap<Integer> map = new PrefixMap<>();
  private final byte[][] matching = new byte[TOPICS][];
  private final byte[][] strange = new byte[TOPICS][];
  private int found;
  private final Consumer<Integer> count = value -> found++;
  private int at;

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    byte[][] all = new byte[prefixes][topicSize];
    for (byte[] prefix : all) {
      random.nextBytes(prefix);
      map.put(prefix, 1);
    }
    if (map.size() != prefixes) {
      throw new IllegalStateException(map.size() + " prefixes instead of " + prefixes);
    }
    for (int i = 0; i < TOPICS; i++) {
      matching[i] = all[random.nextInt(prefixes)].clone();
      strange[i] = matching[i].clone();
      strange[i][topicSize - 1] ^= 1; // known only at the last octet
    }
    for (int i = 0; i < TOPICS; i++) {
      if (match(matching) != 1 || match(strange) != 0) {
        throw new IllegalStateException("topic " + at + " is not found as it should be");
      }
      at++;
    }
  }

  /** Topics of which each has one prefix. */
  @Benchmark
  public int matching() {
    at++;
    return match(matching);
  }

  /** Topics that differ from a prefix in their last octet. */
  @Benchmark
  public int notMatching() {
    at++;
    return match(strange);
  }

  private int match(byte[][] topics) {
    byte[] topic = topics[at & TOPICS - 1];
    found = 0;
    map.match(topic, topicSize, count);
    return found;
  }
}
