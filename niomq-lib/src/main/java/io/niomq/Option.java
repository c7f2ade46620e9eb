package io.niomq;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * What the options of sockets and of contexts have in common: libzmq's name and number, a type, a
 * unit and a range. Immutable.
 *
 * @param <T> the type of the option's value
 */
public abstract sealed class Option<T> permits SocketOption, ContextOption {
  private final String name;
  private final int number;
  private final Class<T> type;
  private final String unit;
  private final String range;
  private final Predicate<T> valid;
  private final String unsupported;
  private final int index;

  Option(Builder<T, ?> b, int index) {
    this.name = b.name;
    this.number = b.number;
    this.type = b.type;
    this.unit = b.unit;
    this.range = b.range;
    this.valid = b.valid;
    this.unsupported = b.unsupported;
    this.index = index;
  }

  /** libzmq's name of this option, for instance {@code ZMQ_SNDHWM}. */
  public final String name() {
    return name;
  }

  /**
   * libzmq's number of this option, for instance 23 for {@code ZMQ_SNDHWM}. Two options of a
   * context share the number 3: one can only be read, the other only be set.
   */
  public final int number() {
    return number;
  }

  /** The type of the value. */
  public final Class<T> type() {
    return type;
  }

  /** What the value counts, for instance "messages"; empty where there is nothing to count. */
  public final String unit() {
    return unit;
  }

  /** The allowed values, in words. */
  public final String range() {
    return range;
  }

  /** Whether this library can do what the option asks for; if not, set and get fail. */
  public final boolean supported() {
    return unsupported == null;
  }

  /** Why this library cannot do what the option asks for; empty when it can. */
  public final String unsupportedBecause() {
    return unsupported == null ? "" : unsupported;
  }

  /** Whether the value can be read back. */
  public abstract boolean readable();

  /** Whether the value can be set. */
  public abstract boolean writable();

  /** Whether {@code value} is within the range. */
  public final boolean accepts(T value) {
    return value != null && type.isInstance(value) && valid.test(value);
  }

  /**
   * The position of this option in {@link SocketOptions#all()}, or {@link ContextOptions#all()}.
   * For the library's own use.
   */
  public final int index() {
    return index;
  }

  final void checkSupported() {
    if (!supported()) {
      throw new ZmqUnsupportedException("option " + this + " is not supported: " + unsupported);
    }
  }

  @Override
  public final String toString() {
    return name + " (" + number + ")";
  }

  abstract static class Builder<T, B extends Builder<T, B>> {
    private final String name;
    private final int number;
    private final Class<T> type;
    private String unit = "";
    private String range = "any";
    private Predicate<T> valid = v -> true;
    private String unsupported;

    Builder(String name, int number, Class<T> type) {
      this.name = Objects.requireNonNull(name);
      this.number = number;
      this.type = type;
    }

    abstract B self();

    B unit(String unit) {
      this.unit = unit;
      return self();
    }

    B range(String range, Predicate<T> valid) {
      this.range = range;
      this.valid = valid;
      return self();
    }

    /** Setting or reading it fails; the reason completes "... is not supported: ". */
    B unsupported(String reason) {
      this.unsupported = reason;
      return self();
    }
  }
}
