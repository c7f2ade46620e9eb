package io.niomq;

/**
 * A typed option of a {@link Context}: it knows libzmq's name and number, its unit, range and
 * default. The constants are in {@link ContextOptions}. A context's options are set when it is
 * built ({@link Context.Builder#set}) and do not change. Immutable.
 *
 * @param <T> the type of the option's value
 */
public final class ContextOption<T> extends Option<T> {
  private final T initial;
  private final boolean readOnly;

  ContextOption(Builder<T> b, int index) {
    super(b, index);
    this.initial = b.initial;
    this.readOnly = b.readOnly;
  }

  /** The value of a context that does not set it; null when the option is not supported. */
  public T defaultValue() {
    return initial;
  }

  @Override
  public boolean readable() {
    return supported();
  }

  @Override
  public boolean writable() {
    return supported() && !readOnly;
  }

  void check(T value) {
    checkSupported();
    if (readOnly) {
      throw new ZmqArgumentException("option " + this + " can only be read");
    }
    if (!accepts(value)) {
      throw new ZmqArgumentException(
          "option " + this + ": " + value + " is not allowed; allowed: " + range());
    }
  }

  static final class Builder<T> extends Option.Builder<T, Builder<T>> {
    private T initial;
    private boolean readOnly;

    Builder(String name, int number, Class<T> type) {
      super(name, number, type);
    }

    @Override
    Builder<T> self() {
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
  }
}
