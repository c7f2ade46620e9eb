package io.niomq;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A typed option of a {@link Socket}: it knows libzmq's name and number, its unit, range and
 * default, the socket types it applies to and when a new value takes effect. The constants are in
 * {@link SocketOptions}. Immutable.
 *
 * @param <T> the type of the option's value
 */
public final class SocketOption<T> {

  /** When a new value takes effect. */
  public enum Effect {
    /** At once, also on live connections. */
    NOW,
    /**
     * For endpoints bound or connected from now on; a bound endpoint keeps its copy for all later
     * peers.
     */
    NEXT_ENDPOINT,
    /**
     * Only before the first bind or connect; setting it later fails, because the value could not
     * take effect.
     */
    BEFORE_ENDPOINTS,
    /** The option can only be read. */
    READ_ONLY
  }

  private final String name;
  private final int number;
  private final Class<T> type;
  private final String unit;
  private final String range;
  private final Effect effect;
  private final Set<SocketType> types;
  private final Function<SocketType, T> initial;
  private final Predicate<T> valid;
  private final boolean readable;
  private final boolean additive;
  private final T clears;
  private final String unsupported;
  private final boolean secret;
  private final UnaryOperator<T> form;
  private final int index;

  SocketOption(Builder<T> b, int index) {
    this.name = b.name;
    this.number = b.number;
    this.type = b.type;
    this.unit = b.unit;
    this.range = b.range;
    this.effect = b.effect;
    this.types = b.types;
    this.initial = b.initial;
    this.valid = b.valid;
    this.readable = b.readable;
    this.additive = b.additive;
    this.clears = b.clears;
    this.unsupported = b.unsupported;
    this.secret = b.secret;
    this.form = b.form;
    this.index = index;
  }

  /** libzmq's name of this option, for instance {@code ZMQ_SNDHWM}. */
  public String name() {
    return name;
  }

  /** libzmq's number of this option, for instance 23 for {@code ZMQ_SNDHWM}. */
  public int number() {
    return number;
  }

  /** The type of the value. */
  public Class<T> type() {
    return type;
  }

  /** What the value counts, for instance "messages"; empty where there is nothing to count. */
  public String unit() {
    return unit;
  }

  /** The allowed values, in words. */
  public String range() {
    return range;
  }

  /** When a new value takes effect. */
  public Effect effect() {
    return effect;
  }

  /** The socket types that have this option. */
  public Set<SocketType> socketTypes() {
    return EnumSet.copyOf(types);
  }

  /**
   * The value that a new socket of the given type starts with; null for one that is asked of the
   * socket itself.
   */
  public T defaultValue(SocketType socketType) {
    return initial.apply(socketType);
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
    return supported() && readable;
  }

  /** Whether the value can be set. */
  public boolean writable() {
    return supported() && effect != Effect.READ_ONLY;
  }

  /** Whether each value that is set adds to those before it, instead of taking their place. */
  public boolean additive() {
    return additive;
  }

  /** Whether the value is left out of reports: passwords and secret keys. */
  public boolean secret() {
    return secret;
  }

  /** Whether {@code value} takes back all that was set before, of an {@link #additive} option. */
  public boolean clears(T value) {
    return value.equals(clears);
  }

  /** Whether {@code value} is within the range. */
  public boolean accepts(T value) {
    return value != null && type.isInstance(value) && valid.test(value);
  }

  /** The form in which an accepted value is kept and read. For the library's own use. */
  public T form(T value) {
    return form.apply(value);
  }

  /** The position of this option in {@link SocketOptions#all()}. For the library's own use. */
  public int index() {
    return index;
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
    private Effect effect = Effect.NOW;
    private Set<SocketType> types = EnumSet.allOf(SocketType.class);
    private Function<SocketType, T> initial = t -> null;
    private Predicate<T> valid = v -> true;
    private boolean readable = true;
    private boolean additive;
    private T clears;
    private String unsupported;
    private boolean secret;
    private UnaryOperator<T> form = UnaryOperator.identity();

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

    Builder<T> effect(Effect effect) {
      this.effect = effect;
      return this;
    }

    Builder<T> only(SocketType first, SocketType... rest) {
      this.types = EnumSet.of(first, rest);
      return this;
    }

    Builder<T> initial(T value) {
      this.initial = t -> value;
      return this;
    }

    Builder<T> initial(Function<SocketType, T> perType) {
      this.initial = perType;
      return this;
    }

    Builder<T> writeOnly() {
      this.readable = false;
      return this;
    }

    /** Setting or reading it fails; the reason completes "... is not supported: ". */
    Builder<T> unsupported(String reason) {
      this.unsupported = reason;
      return this;
    }

    /** A value that may be given in several forms is kept in this one. */
    Builder<T> form(UnaryOperator<T> form) {
      this.form = form;
      return this;
    }

    /** The value is left out of reports. */
    Builder<T> secret() {
      this.secret = true;
      return this;
    }

    Builder<T> additive() {
      this.additive = true;
      return this;
    }

    /** As {@link #additive()}, with a value that takes all others back. */
    Builder<T> additive(T clears) {
      this.clears = clears;
      return additive();
    }
  }
}
