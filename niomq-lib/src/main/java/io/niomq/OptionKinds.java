package io.niomq;

import static io.niomq.SocketOption.Effect.NEXT_ENDPOINT;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The kinds that options of sockets are of: each with its type, its unit and its range. */
final class OptionKinds {
  private OptionKinds() {}

  static SocketOption.Builder<Integer> integer(String name, int number) {
    return new SocketOption.Builder<>(name, number, Integer.class);
  }

  static SocketOption.Builder<byte[]> octets(String name, int number) {
    return new SocketOption.Builder<>(name, number, byte[].class)
        .unit("octets")
        .range("any number of octets; none to clear it", v -> true)
        .initial(new byte[0]);
  }

  static SocketOption.Builder<Boolean> flag(String name, int number) {
    return new SocketOption.Builder<>(name, number, Boolean.class)
        .range("true or false", v -> true)
        .initial(false);
  }

  /** How long a call or a close waits, perhaps FOREVER. Waits are timed in nanoseconds. */
  static SocketOption.Builder<Duration> time(String name, int number) {
    return new SocketOption.Builder<>(name, number, Duration.class)
        .unit("milliseconds")
        .range(
            "0 to " + Integer.MAX_VALUE + " ms, or FOREVER (negative)",
            v -> v.isNegative() || isUpTo(Integer.MAX_VALUE, v));
  }

  /** An interval of the engine's that may be FOREVER. */
  static SocketOption.Builder<Duration> intervalOrForever(String name, int number) {
    return new SocketOption.Builder<>(name, number, Duration.class)
        .unit("milliseconds")
        .range(
            "0, or 1 to " + Integer.MAX_VALUE + " ms, or FOREVER (negative)",
            v -> v.isNegative() || isInterval(Integer.MAX_VALUE, v));
  }

  /** An interval of the engine's. */
  static SocketOption.Builder<Duration> interval(String name, int number) {
    return interval(name, number, Integer.MAX_VALUE, "");
  }

  /** An interval of the engine's, up to so many milliseconds; {@code note} says why no more. */
  static SocketOption.Builder<Duration> interval(String name, int number, int max, String note) {
    return new SocketOption.Builder<>(name, number, Duration.class)
        .unit("milliseconds")
        .range("0, or 1 to " + max + " ms" + note, v -> !v.isNegative() && isInterval(max, v));
  }

  /** A text that goes into a field of one octet's length. */
  static SocketOption.Builder<String> text(String name, int number) {
    return new SocketOption.Builder<>(name, number, String.class)
        .unit("octets in UTF-8")
        .range("0 to 255 octets", v -> v.getBytes(StandardCharsets.UTF_8).length <= 255)
        .initial("");
  }

  /** A CURVE key. */
  static SocketOption.Builder<byte[]> key(String name, int number) {
    return new SocketOption.Builder<>(name, number, byte[].class)
        .unit("octets")
        .range(
            "32 octets, or the 40 characters of their Z85 form", v -> OptionChecks.key(v) != null)
        .form(OptionChecks::key)
        .initial(new byte[0]);
  }

  static SocketOption.Builder<Integer> positive(String name, int number, int initial, String unit) {
    return integer(name, number)
        .unit(unit)
        .range("1 or more", v -> v >= 1)
        .initial(initial)
        .effect(NEXT_ENDPOINT);
  }

  static SocketOption.Builder<Integer> keepAlive(String name, int number, String unit, int max) {
    return integer(name, number)
        .unit(unit)
        .range("-1, or 1 to " + max, v -> v == -1 || v >= 1 && v <= max)
        .initial(-1)
        .effect(NEXT_ENDPOINT);
  }

  static SocketOption.Builder<Integer> credential(String name, int number, String unit) {
    return integer(name, number)
        .unit(unit)
        .range("0 or more, or -1 to take all back", v -> v >= -1)
        .additive(-1)
        .writeOnly()
        .effect(NEXT_ENDPOINT);
  }

  /**
   * Whether it is zero, which switches something off, or at least a millisecond: what is shorter
   * would be rounded to zero and mean the opposite, or keep the I/O thread busy with nothing else.
   */
  private static boolean isInterval(int maxMillis, Duration v) {
    return v.isZero() || v.compareTo(Duration.ofMillis(1)) >= 0 && isUpTo(maxMillis, v);
  }

  private static boolean isUpTo(int maxMillis, Duration v) {
    return v.compareTo(Duration.ofMillis(maxMillis)) <= 0;
  }
}
