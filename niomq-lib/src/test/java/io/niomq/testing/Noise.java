package io.niomq.testing;

import static io.niomq.testing.Octets.join;

import java.util.Arrays;
import java.util.Random;

/** What strangers say: noise, and good words with faults in them. */
public final class Noise {
  /** Printed by each test that uses it; {@code -Dniomq.fuzz.seed=} repeats a run. */
  public static final long SEED = Long.getLong("niomq.fuzz.seed", System.nanoTime());

  private Noise() {}

  /** A source that is the same for each run with the same seed, and another for each test. */
  public static Random random(String test) {
    System.out.println("fuzz of " + test + ": -Dniomq.fuzz.seed=" + SEED);
    return new Random(SEED + test.hashCode());
  }

  public static byte[] noise(Random random, int size) {
    byte[] octets = new byte[size];
    random.nextBytes(octets);
    return octets;
  }

  /** Some octets of {@code octets} are others, more, fewer, or there twice. */
  public static byte[] mutated(byte[] octets, Random random) {
    byte[] result = octets.clone();
    for (int i = random.nextInt(6); i >= 0 && result.length > 0; i--) {
      int at = random.nextInt(result.length);
      int end = at + random.nextInt(result.length - at);
      byte[] before = Arrays.copyOf(result, at);
      byte[] after = Arrays.copyOfRange(result, at, result.length);
      switch (random.nextInt(5)) {
        case 0 -> result[at] = (byte) random.nextInt();
        case 1 -> result[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> result = join(before, noise(random, 1), after);
        case 3 -> result = join(before, Arrays.copyOfRange(result, end, result.length));
        default -> result = join(Arrays.copyOf(result, end), after);
      }
    }
    return result;
  }

  /** Sends in pieces of any size, as far as the other side takes them. */
  public static void sendInPieces(RawPeer peer, byte[] octets, Random random) {
    for (int at = 0; at < octets.length; ) {
      int size = random.nextBoolean() ? 1 + random.nextInt(8) : 1 + random.nextInt(octets.length);
      int end = Math.min(octets.length, at + size);
      peer.sendAsFarAsPossible(Arrays.copyOfRange(octets, at, end));
      at = end;
    }
  }
}
