package io.niomq.internal.security;

import io.niomq.PeerProperties;
import io.niomq.ProtocolError;
import io.niomq.SocketOptions;
import io.niomq.internal.option.OptionValues;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether one peer is let in: by the options alone, or by the ZAP handler's word.
 *
 * <pre>
 *   request  empty | "1.0" | "1" | domain | address | routing id | mechanism | credentials...
 *   reply    empty | "1.0" | "1" | status | text    | user id    | properties
 * </pre>
 *
 * RFC 27. Each connection asks at most once, over a pipe of its own, so all requests have the same
 * number, as in libzmq; so has the routing id, which is our own socket's. When a handler is asked,
 * and what its absence means, follows libzmq (docs/decisions/0015-zap.md). Driven by one thread.
 */
public final class Authentication {
  private static final byte[] EMPTY = {};
  private static final byte[] VERSION = "1.0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] REQUEST_ID = "1".getBytes(StandardCharsets.US_ASCII);
  private static final int REPLY_FRAMES = 7;

  private final OptionValues options;
  private final String address;
  private final ZapClient handler;
  private final Map<String, byte[]> properties = new LinkedHashMap<>();

  public Authentication(OptionValues options, String address, ZapClient handler) {
    this.options = options;
    this.address = address;
    this.handler = handler;
  }

  /** Whether peers that know no mechanism (before ZMTP 3.0) have to stay outside. */
  public static boolean isRequired(OptionValues options, Mechanism mechanism) {
    return !mechanism.name().equals(NullMechanism.NAME)
        || !options.get(SocketOptions.ZAP_DOMAIN).isEmpty();
  }

  /**
   * The request to send to the handler; null when the peer is let in without.
   *
   * @throws ProtocolException when it is refused without
   */
  public List<byte[]> request(Mechanism mechanism, List<byte[]> credentials)
      throws ProtocolException {
    String domain = options.get(SocketOptions.ZAP_DOMAIN);
    boolean enforced = options.isOn(SocketOptions.ZAP_ENFORCE_DOMAIN);
    boolean asks =
        switch (mechanism.name()) {
          case NullMechanism.NAME -> !domain.isEmpty();
          case PlainClient.NAME -> true;
          default -> !domain.isEmpty() || !enforced;
        };
    if (!asks) {
      return null;
    }
    boolean needsHandler = enforced || mechanism.name().equals(PlainClient.NAME);
    if (enforced && domain.isEmpty()) {
      throw ProtocolException.undecided(
          "PLAIN with ZMQ_ZAP_ENFORCE_DOMAIN needs a ZMQ_ZAP_DOMAIN, which is not set");
    }
    if (!handler.hasHandler()) {
      if (needsHandler) {
        throw noHandler();
      }
      return null;
    }
    List<byte[]> request = new ArrayList<>();
    request.add(EMPTY);
    request.add(VERSION);
    request.add(REQUEST_ID);
    request.add(domain.getBytes(StandardCharsets.UTF_8));
    request.add(address.getBytes(StandardCharsets.UTF_8));
    request.add(options.get(SocketOptions.ROUTING_ID));
    request.add(mechanism.name().getBytes(StandardCharsets.US_ASCII));
    request.addAll(credentials);
    return request;
  }

  private static ProtocolException noHandler() {
    return ProtocolException.undecided(
        "no ZAP handler is bound to " + ZapClient.ENDPOINT + " to decide about the peer");
  }

  /**
   * The handler's reply came; null when it has gone.
   *
   * @throws ProtocolException when the peer is not let in
   */
  public void answered(List<byte[]> reply) throws ProtocolException {
    if (reply == null) {
      throw noHandler();
    }
    if (reply.size() != REPLY_FRAMES) {
      throw new ProtocolException(
          ProtocolError.ZAP_MALFORMED_REPLY,
          "a ZAP reply of " + (reply.size() - 1) + " frames; expected: 6");
    }
    if (reply.get(0).length != 0) {
      throw new ProtocolException(
          ProtocolError.ZAP_UNSPECIFIED, "a ZAP reply without the empty delimiter frame");
    }
    check(reply.get(1), VERSION, ProtocolError.ZAP_BAD_VERSION, "version");
    check(reply.get(2), REQUEST_ID, ProtocolError.ZAP_BAD_REQUEST_ID, "request id");
    checkStatus(text(reply.get(3)), text(reply.get(4)));
    try {
      Metadata.decode(reply.get(6), 0).copyTo(properties);
    } catch (ProtocolException e) {
      throw new ProtocolException(
          ProtocolError.ZAP_INVALID_METADATA, "in the ZAP reply: " + e.getMessage());
    }
    properties.keySet().removeIf(PeerProperties.USER_ID::equalsIgnoreCase);
    properties.put(PeerProperties.USER_ID, reply.get(5));
  }

  private static void check(byte[] frame, byte[] expected, ProtocolError error, String what)
      throws ProtocolException {
    if (!Arrays.equals(frame, expected)) {
      throw new ProtocolException(
          error,
          "a ZAP reply with the " + what + " " + text(frame) + "; expected: " + text(expected));
    }
  }

  private static void checkStatus(String status, String text) throws ProtocolException {
    switch (status) {
      case "200" -> {}
      case "300", "400", "500" ->
          throw ProtocolException.refused(
              Integer.parseInt(status), "the ZAP handler refused the peer: " + status + " " + text);
      default ->
          throw new ProtocolException(
              ProtocolError.ZAP_INVALID_STATUS_CODE,
              "a ZAP reply with the status " + status + "; allowed: 200, 300, 400, 500");
    }
  }

  private static String text(byte[] frame) {
    return new String(frame, StandardCharsets.UTF_8);
  }

  /** What the handler told of the peer, its user among it; empty when it was not asked. */
  public Map<String, byte[]> properties() {
    return properties;
  }
}
