package io.niomq.internal.security;

import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.internal.option.OptionValues;
import java.util.Arrays;
import java.util.ServiceLoader;

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
      case CURVE -> curve(options, own);
      default -> new NullMechanism(own);
    };
  }

  private static Mechanism curve(OptionValues options, Metadata own) {
    byte[] secretKey = options.get(SocketOptions.CURVE_SECRETKEY);
    if (options.isOn(SocketOptions.CURVE_SERVER)) {
      return provider().server(own, secretKey);
    }
    byte[] publicKey = options.get(SocketOptions.CURVE_PUBLICKEY);
    if (publicKey.length == 0) {
      publicKey = provider().publicKey(secretKey);
    }
    return provider().client(own, publicKey, secretKey, options.get(SocketOptions.CURVE_SERVERKEY));
  }

  /** Finds the provider once, when it is first needed. */
  private static final class Found {
    static final CurveProvider CURVE =
        ServiceLoader.load(CurveProvider.class, CurveProvider.class.getClassLoader())
            .findFirst()
            .orElse(null);
  }

  private static CurveProvider provider() {
    return Found.CURVE;
  }

  /**
   * Before an option is set.
   *
   * @throws ZmqUnsupportedException when it needs an artifact that is not there
   */
  public static void checkAvailable(SocketOption<?> option) {
    if (isCurve(option) && provider() == null) {
      throw new ZmqUnsupportedException(
          "option "
              + option
              + " needs the artifact io.niomq:niomq-curve on the class path or module path");
    }
  }

  private static boolean isCurve(SocketOption<?> option) {
    return option == SocketOptions.CURVE_SERVER
        || option == SocketOptions.CURVE_PUBLICKEY
        || option == SocketOptions.CURVE_SECRETKEY
        || option == SocketOptions.CURVE_SERVERKEY;
  }

  /**
   * Before an endpoint is made with these options.
   *
   * @throws ZmqArgumentException when keys are missing or do not fit
   */
  public static void checkComplete(OptionValues options) {
    if (options.intValue(SocketOptions.MECHANISM) != CURVE) {
      return;
    }
    byte[] secretKey = need(options, SocketOptions.CURVE_SECRETKEY);
    if (!options.isOn(SocketOptions.CURVE_SERVER)) {
      need(options, SocketOptions.CURVE_SERVERKEY);
    }
    byte[] publicKey = options.get(SocketOptions.CURVE_PUBLICKEY);
    if (publicKey.length > 0 && !Arrays.equals(publicKey, provider().publicKey(secretKey))) {
      throw new ZmqArgumentException(
          SocketOptions.CURVE_PUBLICKEY + " does not belong to " + SocketOptions.CURVE_SECRETKEY);
    }
  }

  private static byte[] need(OptionValues options, SocketOption<byte[]> key) {
    byte[] value = options.get(key);
    if (value.length == 0) {
      String side = options.isOn(SocketOptions.CURVE_SERVER) ? "server" : "client";
      throw new ZmqArgumentException("a CURVE " + side + " needs " + key + ", which is not set");
    }
    return value;
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
    } else if (option == SocketOptions.CURVE_SERVER) {
      boolean on = options.isOn(SocketOptions.CURVE_SERVER);
      choose(options, on ? CURVE : NULL, on);
    } else if (option == SocketOptions.CURVE_SERVERKEY) {
      choose(options, CURVE, false);
    } else if (isCurve(option)) {
      choose(options, CURVE, isServer(options));
    }
  }

  private static boolean isServer(OptionValues options) {
    return options.isOn(SocketOptions.PLAIN_SERVER) || options.isOn(SocketOptions.CURVE_SERVER);
  }

  private static void choose(OptionValues options, int mechanism, boolean server) {
    options.store(SocketOptions.MECHANISM, mechanism);
    options.store(SocketOptions.PLAIN_SERVER, server && mechanism == PLAIN);
    options.store(SocketOptions.CURVE_SERVER, server && mechanism == CURVE);
  }
}
