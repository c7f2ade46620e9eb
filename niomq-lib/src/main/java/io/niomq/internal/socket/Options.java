package io.niomq.internal.socket;

import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pattern.SocketBehavior;
import io.niomq.internal.security.Mechanisms;
import io.niomq.internal.security.Metadata;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The options of one socket, as the application sets and reads them: checks the moment, asks the
 * socket for what only it knows, and tells whom a new value concerns. Subscriptions are options,
 * too. Takes the socket's lock; any thread.
 */
public final class Options {
  private final SocketCore core;
  private final Pipes pipes;
  private final SocketBehavior behavior;
  private final OptionValues values;

  Options(SocketCore core, Pipes pipes, SocketBehavior behavior) {
    this.core = core;
    this.pipes = pipes;
    this.behavior = behavior;
    this.values = core.optionValues();
  }

  public <T> void set(SocketOption<T> option, T value) {
    pipes.lock();
    try {
      core.checkUsable();
      checkInTime(option);
      Mechanisms.checkAvailable(option);
      checkRoom(option, value);
      values.set(option, value);
      Mechanisms.onSet(values, option);
      core.sending().readTimeout();
      core.receiving().readTimeout();
      behavior.optionChanged(option);
      core.waiting().sendChanged();
      if (option == SocketOptions.SNDHWM) {
        pipes.marks().sendChanged();
      }
    } finally {
      pipes.unlock();
    }
    if (option == SocketOptions.RCVHWM) {
      pipes.marks().receiveChanged();
    }
  }

  private void checkInTime(SocketOption<?> option) {
    if (option.effect() == SocketOption.Effect.BEFORE_ENDPOINTS && core.endpoints().wereUsed()) {
      throw new ZmqArgumentException(
          "option "
              + option
              + " is set too late: it takes effect only before the first bind or connect");
    }
  }

  /** Properties add up; what is no property at all is refused with the others' words. */
  private <T> void checkRoom(SocketOption<T> option, T value) {
    if ((Object) option == SocketOptions.METADATA && option.accepts(value)) {
      Metadata.checkRoom(values.all(SocketOptions.METADATA), (String) value);
    }
  }

  public <T> T get(SocketOption<T> option) {
    pipes.lock();
    try {
      core.checkUsable();
      OptionValues.checkSupported(option);
      if (!option.readable()) {
        throw new ZmqArgumentException("option " + option + " can only be set");
      }
      if (!option.socketTypes().contains(core.type())) {
        throw new ZmqArgumentException(
            "option " + option + " is for " + option.socketTypes() + ", not for " + core.type());
      }
      refresh(option);
      return option.type().cast(copy(values.get(option)));
    } finally {
      pipes.unlock();
    }
  }

  /** All that the socket has, but for the secret ones, in their order. */
  public Map<SocketOption<?>, Object> all() {
    Map<SocketOption<?>, Object> all = new LinkedHashMap<>();
    pipes.lock();
    try {
      core.checkUsable();
      for (SocketOption<?> option : SocketOptions.all()) {
        if (option.supported() && !option.secret() && option.socketTypes().contains(core.type())) {
          refresh(option);
          all.put(option, copy(values.stored(option)));
        }
      }
    } finally {
      pipes.unlock();
    }
    return all;
  }

  /** Brings an option up to date whose value is asked of the socket. */
  private void refresh(SocketOption<?> option) {
    if (option == SocketOptions.EVENTS) {
      int events = core.eventsLocked(Waiter.IN | Waiter.OUT); // the same bits as libzmq's
      values.store(SocketOptions.EVENTS, events);
    } else if (option == SocketOptions.RCVMORE) {
      values.store(SocketOptions.RCVMORE, core.receiving().hasMoreLocked());
    } else if (option == SocketOptions.TOPICS_COUNT) {
      values.store(SocketOptions.TOPICS_COUNT, behavior.topics());
    }
  }

  private static Object copy(Object value) {
    return value instanceof byte[] b ? b.clone() : value;
  }

  public void subscribe(byte[] prefix) {
    subscription(true, prefix);
  }

  public void unsubscribe(byte[] prefix) {
    subscription(false, prefix);
  }

  private void subscription(boolean subscribe, byte[] prefix) {
    pipes.lock();
    try {
      core.checkUsable();
      if (core.type() != SocketType.SUB && core.type() != SocketType.XPUB) {
        throw new ZmqArgumentException(
            "only a SUB, or an XPUB with ZMQ_XPUB_MANUAL, has subscriptions to set, not a "
                + core.type());
      }
      if (subscribe) {
        behavior.subscribe(prefix);
      } else {
        behavior.unsubscribe(prefix);
      }
    } finally {
      pipes.unlock();
    }
  }
}
