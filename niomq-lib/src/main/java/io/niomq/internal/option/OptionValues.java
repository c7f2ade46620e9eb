package io.niomq.internal.option;

import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqUnsupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The values of one socket's options. The socket's own instance is guarded by the socket's lock;
 * endpoints and connections work on a {@link #snapshot()}, which nobody writes.
 */
public final class OptionValues {
  private static final int COUNT = SocketOptions.all().size();

  /** Short enough that a deadline can be rounded, and long enough to be for ever. */
  private static final Duration LIFETIME = Duration.ofDays(36_500);

  private final SocketType socketType;
  private final Object[] values;

  public OptionValues(SocketType socketType) {
    this.socketType = socketType;
    this.values = new Object[COUNT];
    for (SocketOption<?> option : SocketOptions.all()) {
      values[option.index()] = option.defaultValue(socketType);
    }
  }

  private OptionValues(OptionValues other) {
    this.socketType = other.socketType;
    this.values = other.values.clone();
  }

  public OptionValues snapshot() {
    return new OptionValues(this);
  }

  public SocketType socketType() {
    return socketType;
  }

  public <T> T get(SocketOption<T> option) {
    return option.type().cast(values[option.index()]);
  }

  public boolean isOn(SocketOption<Boolean> option) {
    return (Boolean) values[option.index()];
  }

  public int intValue(SocketOption<Integer> option) {
    return (Integer) values[option.index()];
  }

  /** A time in nanoseconds; -1 for none or for ever. */
  public long nanos(SocketOption<Duration> option) {
    return nanos((Duration) values[option.index()]);
  }

  /** A time in nanoseconds; -1 for ever, which is also what a hundred years are. */
  public static long nanos(Duration d) {
    return d.isNegative() || d.compareTo(LIFETIME) > 0 ? -1 : d.toNanos();
  }

  /**
   * Checks and stores one value. The caller has checked the time ({@link SocketOption#effect()}).
   */
  public <T> void set(SocketOption<T> option, T value) {
    checkSupported(option);
    if (!option.writable()) {
      throw new ZmqArgumentException("option " + option + " can only be read");
    }
    if (!option.socketTypes().contains(socketType)) {
      throw new ZmqArgumentException(
          "option " + option + " is for " + option.socketTypes() + ", not for " + socketType);
    }
    if (!option.accepts(value)) {
      throw new ZmqArgumentException(
          "option "
              + option
              + ": "
              + (option.secret() ? "the value" : describe(value))
              + " is not allowed; allowed: "
              + option.range());
    }
    if (option.additive() && option.clears(value)) {
      values[option.index()] = List.of();
      return;
    }
    if (option.additive()) {
      List<Object> all = new ArrayList<>(added(option));
      all.add(value);
      values[option.index()] = List.copyOf(all);
      return;
    }
    Object kept = option.form(value);
    store(option, option.type().cast(kept instanceof byte[] b ? b.clone() : kept));
  }

  /**
   * @throws ZmqUnsupportedException {@code ENOTSUP} with the reason
   */
  public static void checkSupported(SocketOption<?> option) {
    if (!option.supported()) {
      throw new ZmqUnsupportedException(
          "option " + option + " is not supported: " + option.unsupportedBecause());
    }
  }

  /** What was set for an option whose values add up, in that order. */
  public <T> List<T> all(SocketOption<T> option) {
    return added(option).stream().map(option.type()::cast).toList();
  }

  private List<?> added(SocketOption<?> option) {
    assert option.additive();
    return values[option.index()] instanceof List<?> all ? all : List.of();
  }

  /** A value as it is stored, of an additive option all of them. */
  public Object stored(SocketOption<?> option) {
    return option.additive() ? added(option) : values[option.index()];
  }

  /** Stores a value that only the library may change, such as the last endpoint. */
  public <T> void store(SocketOption<T> option, T value) {
    values[option.index()] = value;
    if ((Object) option == SocketOptions.IPV6) {
      values[SocketOptions.IPV4ONLY.index()] = !(Boolean) value;
    } else if ((Object) option == SocketOptions.IPV4ONLY) {
      values[SocketOptions.IPV6.index()] = !(Boolean) value;
    }
  }

  private static String describe(Object value) {
    return value instanceof byte[] b
        ? b.length + " octets " + (b.length <= 32 ? Arrays.toString(b) : "")
        : String.valueOf(value);
  }
}
