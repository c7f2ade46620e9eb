package io.niomq;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * A typed option of a {@link Context}: it knows libzmq's name and number, its unit, range and
 * default. The constants are in {@link ContextOptions}. A context's options are set when it is
 * built ({@link Context.Builder#set}) and do not change. Immutable.
 *
 * @param <T> the type of the option's value
 */
public final class ContextOption<T> {
  private final String name;
  private final int number;
  private final Class<T> type;
  private final String unit;
  private final String range;
  private final T initial;
  private final Predicate<T> valid;
  private final boolean readOnly;
  private final String unsupported;
  private final int index;

  ContextOption(Builder<T> b, int index) {
    this.name = b.name;
    this.number = b.number;
    this.type = b.type;
    this.unit = b.unit;
    this.range = b.range;
    this.initial = b.initial;
    this.valid = b.valid;
    this.readOnly = b.readOnly;
    this.unsupported = b.unsupported;
    this.index = index;
  }

  /** libzmq's name of this option, for instance {@code ZMQ_IO_THREADS}. */
  public String name() {
    return name;
  }

  /**
   * libzmq's number of this option, for instance 1 for {@code ZMQ_IO_THREADS}. Two options share
   * the number 3: one can only be read, the other only be set.
   */
  public int number() {
    return number;
  }

  /** The type of the value. */
  public Class<T> type() {
    return type;
  }

  /** What the value counts, for instance "threads"; empty where there is nothing to count. */
  public String unit() {
    return unit;
  }

  /** The allowed values, in words. */
  public String range() {
    return range;
  }

  /** The value of a context that does not set it; null when the option is not supported. */
  public T defaultValue() {
    return initial;
  }

  /** Whether this library can do what the option asks for; if not, set and get fail. */
  public boolean supported() {
    return unsupported == null;
  }

  /** Why this library cannot do what the option asks for; empty when it can. */
  public String unsupportedBecause() {
    return unsupported == null ? "" : unsupported;
  }

  /** Whether the value can be read back. */
  public boolean readable() {
    return supported();
  }

  /** Whether the value can be set. */
  public boolean writable() {
    return supported() && !readOnly;
  }

  /** Whether {@code value} is within the range. */
  public boolean accepts(T value) {
    return value != null && type.isInstance(value) && valid.test(value);
  }

  /** The position of this option in {@link ContextOptions#all()}. */
  int index() {
    return index;
  }

  void check(T value) {
    checkSupported();
    if (readOnly) {
      throw new ZmqArgumentException("option " + this + " can only be read");
    }
    if (!accepts(value)) {
      throw new ZmqArgumentException(
          "option " + this + ": " + value + " is not allowed; allowed: " + range);
    }
  }

  void checkSupported() {
    if (!supported()) {
      throw new ZmqUnsupportedException("option " + this + " is not supported: " + unsupported);
    }
  }

  @Override
  public String toString() {
    return name + " (" + number + ")";
  }

  static final class Builder<T> {
    private final String name;
    private final int number;
    private final Class<T> type;
    private String unit = "";
    private String range = "any";
    private T initial;
    private Predicate<T> valid = v -> true;
    private boolean readOnly;
    private String unsupported;

    Builder(String name, int number, Class<T> type) {
      this.name = Objects.requireNonNull(name);
      this.number = number;
      this.type = type;
    }

    Builder<T> unit(String unit) {
      this.unit = unit;
      return this;
    }

    Builder<T> range(String range, Predicate<T> valid) {
      this.range = range;
      this.valid = valid;
      return this;
    }

    Builder<T> initial(T value) {
      this.initial = value;
      return this;
    }

    Builder<T> readOnly() {
      this.readOnly = true;
      return this;
    }

    Builder<T> unsupported(String reason) {
      this.unsupported = reason;
      return this;
    }
  }
}
