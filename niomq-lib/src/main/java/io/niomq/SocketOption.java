package io.niomq;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A typed option of a {@link Socket}: it knows libzmq's name and number, its unit, range and
 * default, the socket types it applies to and when a new value takes effect. The constants are in
 * {@link SocketOptions}. Immutable.
 *
 * @param <T> the type of the option's value
 */
public final class SocketOption<T> extends Option<T> {

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

  private final Effect effect;
  private final Set<SocketType> types;
  private final Function<SocketType, T> initial;
  private final boolean readable;
  private final boolean additive;
  private final T clears;
  private final boolean secret;
  private final UnaryOperator<T> form;

  SocketOption(Builder<T> b, int index) {
    super(b, index);
    this.effect = b.effect;
    this.types = b.types;
    this.initial = b.initial;
    this.readable = b.readable;
    this.additive = b.additive;
    this.clears = b.clears;
    this.secret = b.secret;
    this.form = b.form;
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

  @Override
  public boolean readable() {
    return supported() && readable;
  }

  @Override
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

  /** The form in which an accepted value is kept and read. For the library's own use. */
  public T form(T value) {
    return form.apply(value);
  }

  static final class Builder<T> extends Option.Builder<T, Builder<T>> {
    private Effect effect = Effect.NOW;
    private Set<SocketType> types = EnumSet.allOf(SocketType.class);
    private Function<SocketType, T> initial = t -> null;
    private boolean readable = true;
    private boolean additive;
    private T clears;
    private boolean secret;
    private UnaryOperator<T> form = UnaryOperator.identity();

    Builder(String name, int number, Class<T> type) {
      super(name, number, type);
    }

    @Override
    Builder<T> self() {
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
