package io.niomq.internal.transport;

import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqResourceException;
import io.niomq.internal.option.OptionValues;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;

/**
 * One kind of address and the channels that lead there. Stateless as seen from outside; any thread
 * may call.
 */
public interface Transport {

  /**
   * Binds on the caller's thread, which may ask the name service.
   *
   * @throws ZmqEndpointException when the operating system or the name service refuses
   * @throws ZmqResourceException when no descriptor is left
   * @throws ZmqArgumentException when the address is malformed
   */
  Listening bind(Endpoint endpoint, OptionValues options);

  /**
   * Looks at the syntax only, at the time of {@code connect()}; whether the peer exists is found
   * out later.
   *
   * @throws ZmqArgumentException when the address is malformed
   * @throws ZmqEndpointException when this transport can never reach such an address
   */
  void checkConnect(Endpoint endpoint, OptionValues options);

  /** Whether {@link #resolve} may have to ask the name service, and therefore wait. */
  boolean needsLookup(Endpoint endpoint, OptionValues options);

  /**
   * Finds the address to connect to, anew for each attempt.
   *
   * @throws UnknownHostException when there is none at present
   */
  Target resolve(Endpoint endpoint, OptionValues options) throws IOException;

  /**
   * Opens a non-blocking channel with the options applied, bound to the source address where one is
   * given, and not yet connected.
   */
  SocketChannel open(Target target, OptionValues options) throws IOException;

  /** Whether the options let this peer come in, which has just been accepted. */
  boolean admits(SocketChannel channel, OptionValues options) throws IOException;

  /** Makes an accepted channel non-blocking and applies the options to it. */
  void configureAccepted(SocketChannel channel, OptionValues options) throws IOException;

  /**
   * Who is at the other end: over tcp the numeric address without the port, over ipc {@code
   * localhost:user:group}. Never throws; empty when it cannot be told, as on a channel that was
   * closed meanwhile.
   */
  String peerAddress(SocketChannel channel);

  /** A socket address as an endpoint; empty when it has no name, or is null. */
  String endpointOf(SocketAddress address);
}
