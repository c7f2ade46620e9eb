package io.niomq.internal.security;

import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.internal.option.OptionValues;

/** The mechanisms there are, and which one a socket uses. */
public final class Mechanisms {
  /** libzmq's numbers, the values of {@code ZMQ_MECHANISM}. */
  public static final int NULL = 0;

  public static final int PLAIN = 1;
  public static final int CURVE = 2;

  private Mechanisms() {}

  /** The mechanism for one handshake. */
  public static Mechanism create(OptionValues options, Metadata own) {
    return switch (options.intValue(SocketOptions.MECHANISM)) {
      case PLAIN ->
          options.isOn(SocketOptions.PLAIN_SERVER)
              ? new PlainServer(own)
              : new PlainClient(
                  own,
                  options.get(SocketOptions.PLAIN_USERNAME),
                  options.get(SocketOptions.PLAIN_PASSWORD));
      default -> new NullMechanism(own);
    };
  }

  /**
   * An option has a new value: of the options that concern mechanisms the one that was set last
   * decides on the mechanism and the side, as in libzmq.
   */
  public static void onSet(OptionValues options, SocketOption<?> option) {
    if (option == SocketOptions.PLAIN_SERVER) {
      boolean on = options.isOn(SocketOptions.PLAIN_SERVER);
      choose(options, on ? PLAIN : NULL, on);
    } else if (option == SocketOptions.PLAIN_USERNAME) {
      boolean named = !options.get(SocketOptions.PLAIN_USERNAME).isEmpty();
      choose(options, named ? PLAIN : NULL, false);
    } else if (option == SocketOptions.PLAIN_PASSWORD) {
      choose(options, PLAIN, false);
    }
  }

  private static void choose(OptionValues options, int mechanism, boolean server) {
    options.store(SocketOptions.MECHANISM, mechanism);
    options.store(SocketOptions.PLAIN_SERVER, server && mechanism == PLAIN);
  }
}
