package io.niomq;

import static io.niomq.OptionKinds.credential;
import static io.niomq.OptionKinds.flag;
import static io.niomq.OptionKinds.integer;
import static io.niomq.OptionKinds.interval;
import static io.niomq.OptionKinds.intervalOrForever;
import static io.niomq.OptionKinds.keepAlive;
import static io.niomq.OptionKinds.key;
import static io.niomq.OptionKinds.octets;
import static io.niomq.OptionKinds.positive;
import static io.niomq.OptionKinds.text;
import static io.niomq.OptionKinds.time;
import static io.niomq.SocketOption.Effect.BEFORE_ENDPOINTS;
import static io.niomq.SocketOption.Effect.NEXT_ENDPOINT;
import static io.niomq.SocketOption.Effect.READ_ONLY;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of a {@link Socket}, one constant each. A time is a {@link Duration}, where libzmq
 * has milliseconds; {@link #FOREVER} stands for libzmq's -1. {@link #LINGER}, {@link #RCVTIMEO} and
 * {@link #SNDTIMEO} may be as short as one likes; an interval is zero or at least a millisecond: a
 * shorter one is refused, because it would be taken for zero or keep the I/O thread busy.
 *
 * <p>There is no option that is accepted and ignored: one that pure Java cannot honour fails with a
 * {@link ZmqUnsupportedException} that says why ({@link SocketOption#supported}).
 */
public final class SocketOptions {

  /** No limit in time: libzmq's -1. Any negative duration means the same. */
  public static final Duration FOREVER = Duration.ofMillis(-1);

  /**
   * The linger that a NioMQ socket starts with: 30 seconds (libzmq: for ever). SUB and XSUB start
   * with none.
   */
  public static final Duration DEFAULT_LINGER = Duration.ofSeconds(30);

  private static final String NO_GSSAPI =
      "the GSSAPI mechanism is not built in; use PLAIN or CURVE";

  private static final List<SocketOption<?>> ALL = new ArrayList<>();

  /**
   * High-water mark for outbound messages, per peer; 0 for no limit. What happens at the mark
   * depends on the socket type: PUSH, DEALER, REQ and PAIR wait, PUB, XPUB, XSUB, REP and ROUTER
   * drop and count.
   */
  public static final SocketOption<Integer> SNDHWM = atLeast("ZMQ_SNDHWM", 23, 0, 1000, "messages");

  /**
   * High-water mark for inbound messages, per peer; 0 for no limit. At the mark the peer is no
   * longer read from.
   */
  public static final SocketOption<Integer> RCVHWM = atLeast("ZMQ_RCVHWM", 24, 0, 1000, "messages");

  /**
   * How long unsent messages are still sent after the socket was closed: zero, a duration or {@link
   * #FOREVER}. Default: 30 s; none for SUB and XSUB. Read when the socket, or one endpoint of it,
   * is closed.
   */
  public static final SocketOption<Duration> LINGER =
      add(
          time("ZMQ_LINGER", 17)
              .initial(
                  type ->
                      type == SocketType.SUB || type == SocketType.XSUB
                          ? Duration.ZERO
                          : DEFAULT_LINGER));

  /**
   * Longest wait of a receive without a timeout of its own; zero never waits, {@link #FOREVER} is
   * the default. May be shorter than a millisecond.
   */
  public static final SocketOption<Duration> RCVTIMEO =
      add(time("ZMQ_RCVTIMEO", 27).initial(FOREVER));

  /**
   * Longest wait of a send without a timeout of its own; zero never waits, {@link #FOREVER} is the
   * default. May be shorter than a millisecond.
   */
  public static final SocketOption<Duration> SNDTIMEO =
      add(time("ZMQ_SNDTIMEO", 28).initial(FOREVER));

  /**
   * The name that a REQ, DEALER or ROUTER tells its peers, 1 to 255 octets. A name that begins with
   * a zero octet is reserved for those that a ROUTER makes up. Default: none. Of a STREAM: the one
   * that it made up last, for instance at the last connect.
   */
  public static final SocketOption<byte[]> ROUTING_ID =
      add(
          new SocketOption.Builder<>("ZMQ_ROUTING_ID", 5, byte[].class)
              .unit("octets")
              .range("1 to 255 octets", v -> v.length >= 1 && v.length <= 255)
              .initial(new byte[0])
              .effect(BEFORE_ENDPOINTS));

  /**
   * Keeps only the newest message of a peer, in either direction, instead of a queue. For
   * single-frame messages; of a message with more frames the whole newest one is kept. High-water
   * marks do not apply.
   */
  public static final SocketOption<Boolean> CONFLATE =
      add(
          flag("ZMQ_CONFLATE", 54)
              .only(
                  SocketType.PULL,
                  SocketType.PUSH,
                  SocketType.SUB,
                  SocketType.PUB,
                  SocketType.DEALER)
              .effect(BEFORE_ENDPOINTS));

  /**
   * Queues messages only for peers whose connection is complete, and drops them when it is lost.
   */
  public static final SocketOption<Boolean> IMMEDIATE =
      add(flag("ZMQ_IMMEDIATE", 39).effect(NEXT_ENDPOINT));

  /**
   * Makes sending to an unknown peer an error, and to a full one a wait, instead of a counted drop.
   */
  public static final SocketOption<Boolean> ROUTER_MANDATORY =
      add(flag("ZMQ_ROUTER_MANDATORY", 33).only(SocketType.ROUTER).writeOnly());

  /** Gives a routing id that is in use to the newcomer, and ends the connection that had it. */
  public static final SocketOption<Boolean> ROUTER_HANDOVER =
      add(flag("ZMQ_ROUTER_HANDOVER", 56).only(SocketType.ROUTER).writeOnly());

  /**
   * The routing id of the peer of the next connect, whatever that peer says of itself: it may be
   * sent to at once. Each connect uses it up, so set it before each; a connect with an id that a
   * peer has already fails with {@link ZmqArgumentException} (libzmq ends the process).
   */
  public static final SocketOption<byte[]> CONNECT_ROUTING_ID =
      add(
          new SocketOption.Builder<>("ZMQ_CONNECT_ROUTING_ID", 61, byte[].class)
              .unit("octets")
              .range("1 to 255 octets", v -> v.length >= 1 && v.length <= 255)
              .initial(new byte[0])
              .only(SocketType.ROUTER, SocketType.STREAM)
              .writeOnly()
              .effect(NEXT_ENDPOINT));

  /**
   * Tells a ROUTER's reader when peers come and go, with an empty message from the peer: 1 after
   * each handshake, 2 after each loss of such a connection (after what it had sent), 3 both, 0
   * neither. Not over inproc. A probe looks the same.
   */
  public static final SocketOption<Integer> ROUTER_NOTIFY =
      add(
          integer("ZMQ_ROUTER_NOTIFY", 97)
              .unit("bits")
              .range("0 to 3", v -> v >= 0 && v <= 3)
              .only(SocketType.ROUTER)
              .initial(0));

  /**
   * The first message on each connection, also after a reconnect, before what is queued; not for
   * REQ peers, which accept replies only. Over inproc sent to peers that come from now on. Empty
   * for none.
   */
  public static final SocketOption<byte[]> HELLO_MSG =
      add(
          octets("ZMQ_HELLO_MSG", 110)
              .only(SocketType.ROUTER, SocketType.DEALER, SocketType.REP)
              .writeOnly());

  /**
   * A message that a ROUTER receives from a peer that had connected to it, as the last one, when
   * that peer is gone; not when the ROUTER itself ends the connection. Empty for none.
   */
  public static final SocketOption<byte[]> DISCONNECT_MSG =
      add(octets("ZMQ_DISCONNECT_MSG", 111).only(SocketType.ROUTER).writeOnly());

  /**
   * A message that a DEALER receives when it has lost a peer that it had connected to; not over
   * inproc, and not when the DEALER itself ends the connection. Empty for none.
   */
  public static final SocketOption<byte[]> HICCUP_MSG =
      add(octets("ZMQ_HICCUP_MSG", 114).only(SocketType.DEALER).writeOnly());

  /**
   * Makes a ROUTER speak no protocol: each connection is a plain one, as with STREAM and {@link
   * #STREAM_NOTIFY}, without a security mechanism and without the ZAP handler. All frames after the
   * routing id are written one after the other (libzmq writes the first only); an empty one ends
   * the connection. Deprecated in libzmq; use a {@link SocketType#STREAM}.
   */
  public static final SocketOption<Boolean> ROUTER_RAW =
      add(flag("ZMQ_ROUTER_RAW", 41).only(SocketType.ROUTER).writeOnly().effect(BEFORE_ENDPOINTS));

  /** Tells a STREAM's reader of each new and each lost connection, with an empty message. */
  public static final SocketOption<Boolean> STREAM_NOTIFY =
      add(flag("ZMQ_STREAM_NOTIFY", 73).only(SocketType.STREAM).initial(true).writeOnly());

  /** Largest message that a STREAM makes of what has come. */
  public static final SocketOption<Integer> IN_BATCH_SIZE =
      add(
          integer("ZMQ_IN_BATCH_SIZE", 101)
              .unit("octets")
              .range("1 or more", v -> v >= 1)
              .only(SocketType.STREAM)
              .initial(8192)
              .effect(NEXT_ENDPOINT));

  /** Sends one empty message to each new peer, so that a ROUTER learns of it. */
  public static final SocketOption<Boolean> PROBE_ROUTER =
      add(
          flag("ZMQ_PROBE_ROUTER", 51)
              .only(SocketType.ROUTER, SocketType.DEALER, SocketType.REQ)
              .writeOnly());

  /** Puts a request id before each request and accepts only the reply that carries it. */
  public static final SocketOption<Boolean> REQ_CORRELATE =
      add(flag("ZMQ_REQ_CORRELATE", 52).only(SocketType.REQ).writeOnly());

  /**
   * Lets a REQ send again before the reply has come; once that was sent, the outstanding request is
   * given up.
   */
  public static final SocketOption<Boolean> REQ_RELAXED =
      add(flag("ZMQ_REQ_RELAXED", 53).only(SocketType.REQ).writeOnly());

  /** Shows every subscription to the XPUB's reader, also repeated ones. */
  public static final SocketOption<Boolean> XPUB_VERBOSE =
      add(flag("ZMQ_XPUB_VERBOSE", 40).only(SocketType.XPUB).writeOnly());

  /** Shows every subscription and every unsubscription to the XPUB's reader. */
  public static final SocketOption<Boolean> XPUB_VERBOSER =
      add(flag("ZMQ_XPUB_VERBOSER", 78).only(SocketType.XPUB).writeOnly());

  /**
   * Leaves it to the application what its peers are subscribed to: each subscription and
   * cancellation is shown to the XPUB's reader and has no effect, until the application calls
   * {@link Socket#subscribe(byte[])} or {@link Socket#unsubscribe(byte[])}, which then concern the
   * peer whose notice it has received last. When a peer is lost, a cancellation is shown for each
   * prefix that it had asked for.
   *
   * <p>Not for a PUB, which libzmq lets have it: without notices nobody would ever be subscribed.
   */
  public static final SocketOption<Boolean> XPUB_MANUAL =
      add(flag("ZMQ_XPUB_MANUAL", 71).only(SocketType.XPUB).writeOnly());

  /**
   * {@link #XPUB_MANUAL}, and after each received notice the next message goes to that peer alone
   * (if it is subscribed to it): the last value for a newcomer. Setting it sets or clears {@link
   * #XPUB_MANUAL}, too.
   */
  public static final SocketOption<Boolean> XPUB_MANUAL_LAST_VALUE =
      add(flag("ZMQ_XPUB_MANUAL_LAST_VALUE", 98).only(SocketType.XPUB).writeOnly());

  /**
   * The first message to each new peer, whatever it has subscribed to; a SUB still drops it unless
   * it is subscribed to its beginning. For peers that come from now on; on a connecting endpoint it
   * is not repeated after a reconnect. Empty for none.
   */
  public static final SocketOption<byte[]> XPUB_WELCOME_MSG =
      add(octets("ZMQ_XPUB_WELCOME_MSG", 72).only(SocketType.XPUB, SocketType.PUB).writeOnly());

  /**
   * Looks for subscriptions only in messages whose first frame is one; otherwise each frame of a
   * message may be one. For XSUB the messages that it sends, for publishers those that they get.
   */
  public static final SocketOption<Boolean> ONLY_FIRST_SUBSCRIBE =
      add(
          flag("ZMQ_ONLY_FIRST_SUBSCRIBE", 108)
              .only(SocketType.XSUB, SocketType.XPUB, SocketType.PUB)
              .writeOnly());

  /** Passes each cancellation on to the publishers, not only the last one of its prefix. */
  public static final SocketOption<Boolean> XSUB_VERBOSE_UNSUBSCRIBE =
      add(flag("ZMQ_XSUB_VERBOSE_UNSUBSCRIBE", 115).only(SocketType.XSUB).writeOnly());

  /**
   * How many distinct prefixes are subscribed to: by the peers (PUB, XPUB) or by the socket itself
   * (SUB, XSUB).
   */
  public static final SocketOption<Integer> TOPICS_COUNT =
      add(
          integer("ZMQ_TOPICS_COUNT", 116)
              .unit("prefixes")
              .only(SocketType.PUB, SocketType.XPUB, SocketType.SUB, SocketType.XSUB)
              .initial(0)
              .effect(READ_ONLY));

  /**
   * Makes a publisher wait (or refuse) when a subscriber is at its high-water mark, instead of
   * dropping for it.
   */
  public static final SocketOption<Boolean> XPUB_NODROP =
      add(flag("ZMQ_XPUB_NODROP", 69).only(SocketType.XPUB, SocketType.PUB).writeOnly());

  /**
   * Sends to the peers that do not match (PUB, XPUB) and accepts what does not match (SUB). Set it
   * on both sides.
   */
  public static final SocketOption<Boolean> INVERT_MATCHING =
      add(flag("ZMQ_INVERT_MATCHING", 74).only(SocketType.PUB, SocketType.XPUB, SocketType.SUB));

  /**
   * Time until the first attempt to reconnect; a random time of up to the same length is added.
   * Zero and {@link #FOREVER} (-1) both mean: never reconnect. At least 1 ms, in whole
   * milliseconds: the rest is cut off.
   */
  public static final SocketOption<Duration> RECONNECT_IVL =
      add(
          intervalOrForever("ZMQ_RECONNECT_IVL", 18)
              .initial(Duration.ofMillis(100))
              .effect(NEXT_ENDPOINT));

  /**
   * Longest time between two attempts to reconnect, reached by doubling; zero: the time does not
   * grow. At least 1 ms, in whole milliseconds: the rest is cut off.
   */
  public static final SocketOption<Duration> RECONNECT_IVL_MAX =
      add(interval("ZMQ_RECONNECT_IVL_MAX", 21).initial(Duration.ZERO).effect(NEXT_ENDPOINT));

  /**
   * Longest time that a peer may take for the handshake, at least 1 ms; zero: no limit. Connections
   * are then tried again.
   */
  public static final SocketOption<Duration> HANDSHAKE_IVL =
      add(interval("ZMQ_HANDSHAKE_IVL", 66).initial(Duration.ofSeconds(30)).effect(NEXT_ENDPOINT));

  /**
   * When a connecting endpoint gives up instead of trying again: 1 when the connection is refused,
   * 2 when the handshake fails, 4 after the endpoint or its socket was closed (unsent messages are
   * then given up at once, unless there is a connection); a sum for several.
   */
  public static final SocketOption<Integer> RECONNECT_STOP =
      add(
          integer("ZMQ_RECONNECT_STOP", 109)
              .unit("bits")
              .range("0 to 7", v -> v >= 0 && v <= 7)
              .initial(0)
              .effect(NEXT_ENDPOINT));

  /**
   * The SOCKS5 proxy, {@code host:port}, through which tcp endpoints connect; empty for none. The
   * proxy looks names up. Its answer must come within {@link #CONNECT_TIMEOUT}, if that is set,
   * else within {@link #HANDSHAKE_IVL}.
   */
  public static final SocketOption<String> SOCKS_PROXY =
      add(
          new SocketOption.Builder<>("ZMQ_SOCKS_PROXY", 68, String.class)
              .range(
                  "host:port (no leading zeros in IPv4), or empty for none",
                  OptionChecks::isHostAndPort)
              .initial("")
              .effect(NEXT_ENDPOINT));

  /** The user to name to the proxy, if that wants a name; empty, the default, for none. */
  public static final SocketOption<String> SOCKS_USERNAME =
      add(text("ZMQ_SOCKS_USERNAME", 99).effect(NEXT_ENDPOINT));

  /** The password to tell the proxy. */
  public static final SocketOption<String> SOCKS_PASSWORD =
      add(text("ZMQ_SOCKS_PASSWORD", 100).secret().effect(NEXT_ENDPOINT));

  /**
   * Longest time for one attempt to connect over tcp, at least 1 ms; zero leaves it to the
   * operating system.
   */
  public static final SocketOption<Duration> CONNECT_TIMEOUT =
      add(interval("ZMQ_CONNECT_TIMEOUT", 79).initial(Duration.ZERO).effect(NEXT_ENDPOINT));

  /**
   * Time between two PINGs to each peer that speaks ZMTP 3.0 or later, at least 1 ms; zero: none
   * are sent. With them a peer that has vanished without a word is found and, by a connecting
   * endpoint, connected again. A PING is answered in any case. Not over inproc.
   */
  public static final SocketOption<Duration> HEARTBEAT_IVL =
      add(interval("ZMQ_HEARTBEAT_IVL", 75).initial(Duration.ZERO).effect(NEXT_ENDPOINT));

  /**
   * How long the peer should bear our silence, told with each PING and rounded down to tenths of a
   * second; less than 100 ms, and zero: the peer is not told. Choose several times {@link
   * #HEARTBEAT_IVL}.
   */
  public static final SocketOption<Duration> HEARTBEAT_TTL =
      add(
          interval("ZMQ_HEARTBEAT_TTL", 76, 65_500, " (a libzmq peer counts modulo 65536 ms)")
              .initial(Duration.ZERO)
              .effect(NEXT_ENDPOINT));

  /**
   * How long nothing at all may come after a PING before the connection is given up, at least 1 ms;
   * zero: no limit; {@link #FOREVER} (-1), the default: as long as {@link #HEARTBEAT_IVL}.
   */
  public static final SocketOption<Duration> HEARTBEAT_TIMEOUT =
      add(intervalOrForever("ZMQ_HEARTBEAT_TIMEOUT", 77).initial(FOREVER).effect(NEXT_ENDPOINT));

  /**
   * Largest frame that is accepted; a peer that sends a larger one is disconnected. -1 for no
   * limit.
   */
  public static final SocketOption<Long> MAXMSGSIZE =
      add(
          new SocketOption.Builder<>("ZMQ_MAXMSGSIZE", 22, Long.class)
              .unit("octets a frame")
              .range("any; negative for no limit", v -> true)
              .initial(-1L)
              .effect(NEXT_ENDPOINT));

  /**
   * A property that this socket tells its peers of itself in the handshake: {@code X-name:value}.
   * Each set adds one; of a name that is set again the first value stays. All together may take
   * 61440 octets, each those of its name and value and five more: a NioMQ peer refuses a handshake
   * with commands of more than 64 KiB, and earlier with a {@link #MAXMSGSIZE}. Peers see them in
   * {@link PeerProperties}.
   */
  public static final SocketOption<String> METADATA =
      add(
          new SocketOption.Builder<>("ZMQ_METADATA", 95, String.class)
              .range(
                  "X-name:value, the name of 3 to 255 letters, digits and - _ . +, a value; 61440"
                      + " octets in all",
                  OptionChecks::isProperty)
              .additive()
              .writeOnly()
              .effect(NEXT_ENDPOINT));

  /**
   * The security mechanism as libzmq's number: 0 NULL, 1 PLAIN, 2 CURVE. Of the options below the
   * one that was set last decides.
   */
  public static final SocketOption<Integer> MECHANISM =
      add(integer("ZMQ_MECHANISM", 43).initial(0).effect(READ_ONLY));

  /**
   * Makes this socket a PLAIN server, whose peers show a name and a password to the ZAP handler;
   * false: back to NULL. Without a handler (see {@link #ZAP_DOMAIN}) all of them are refused.
   *
   * @see "RFC 24"
   */
  public static final SocketOption<Boolean> PLAIN_SERVER =
      add(flag("ZMQ_PLAIN_SERVER", 44).effect(NEXT_ENDPOINT));

  /**
   * Makes this socket a PLAIN client of that name, which goes over the wire as it is; empty: back
   * to NULL. Default: none.
   */
  public static final SocketOption<String> PLAIN_USERNAME =
      add(text("ZMQ_PLAIN_USERNAME", 45).effect(NEXT_ENDPOINT));

  /** Makes this socket a PLAIN client with that password. Default: an empty one. */
  public static final SocketOption<String> PLAIN_PASSWORD =
      add(text("ZMQ_PLAIN_PASSWORD", 46).secret().effect(NEXT_ENDPOINT));

  /**
   * Makes this socket a CURVE server: its connections are encrypted, its peers know its public key
   * and show theirs to the ZAP handler if there is one; false: back to NULL. Needs {@link
   * #CURVE_SECRETKEY}. This and the options below need the artifact {@code io.niomq:niomq-curve}.
   *
   * @see "RFC 26"
   */
  public static final SocketOption<Boolean> CURVE_SERVER =
      add(flag("ZMQ_CURVE_SERVER", 47).effect(NEXT_ENDPOINT));

  /**
   * The public key of a CURVE socket, as 32 octets or as the 40 characters of their {@link Z85}
   * form; it is read as octets. Needed nowhere, because it follows from the secret one.
   */
  public static final SocketOption<byte[]> CURVE_PUBLICKEY =
      add(key("ZMQ_CURVE_PUBLICKEY", 48).effect(NEXT_ENDPOINT));

  /** The secret key of a CURVE socket, in the same forms. Default: none. */
  public static final SocketOption<byte[]> CURVE_SECRETKEY =
      add(key("ZMQ_CURVE_SECRETKEY", 49).secret().effect(NEXT_ENDPOINT));

  /**
   * Makes this socket a CURVE client, which talks to the server with that public key only. Needs
   * {@link #CURVE_SECRETKEY}. Default: none.
   */
  public static final SocketOption<byte[]> CURVE_SERVERKEY =
      add(key("ZMQ_CURVE_SERVERKEY", 50).effect(NEXT_ENDPOINT));

  /** Makes the socket a server whose peers are known by GSSAPI (Kerberos). */
  public static final SocketOption<Boolean> GSSAPI_SERVER =
      add(flag("ZMQ_GSSAPI_SERVER", 62).unsupported(NO_GSSAPI).effect(NEXT_ENDPOINT));

  /** The name that this side has in GSSAPI. */
  public static final SocketOption<String> GSSAPI_PRINCIPAL =
      add(text("ZMQ_GSSAPI_PRINCIPAL", 63).unsupported(NO_GSSAPI).effect(NEXT_ENDPOINT));

  /** The name of the GSSAPI server to connect to. */
  public static final SocketOption<String> GSSAPI_SERVICE_PRINCIPAL =
      add(text("ZMQ_GSSAPI_SERVICE_PRINCIPAL", 64).unsupported(NO_GSSAPI).effect(NEXT_ENDPOINT));

  /** Whether GSSAPI leaves messages unencrypted. */
  public static final SocketOption<Boolean> GSSAPI_PLAINTEXT =
      add(flag("ZMQ_GSSAPI_PLAINTEXT", 65).unsupported(NO_GSSAPI).effect(NEXT_ENDPOINT));

  /** What kind of name {@link #GSSAPI_PRINCIPAL} is. */
  public static final SocketOption<Integer> GSSAPI_PRINCIPAL_NAMETYPE =
      add(
          integer("ZMQ_GSSAPI_PRINCIPAL_NAMETYPE", 90)
              .range("0 to 2", v -> v >= 0 && v <= 2)
              .initial(0)
              .unsupported(NO_GSSAPI)
              .effect(NEXT_ENDPOINT));

  /** What kind of name {@link #GSSAPI_SERVICE_PRINCIPAL} is. */
  public static final SocketOption<Integer> GSSAPI_SERVICE_PRINCIPAL_NAMETYPE =
      add(
          integer("ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE", 91)
              .range("0 to 2", v -> v >= 0 && v <= 2)
              .initial(0)
              .unsupported(NO_GSSAPI)
              .effect(NEXT_ENDPOINT));

  /**
   * The domain that this socket names to the ZAP handler, which decides who is let in: a REP or
   * ROUTER socket of the same context, bound to {@code inproc://zeromq.zap.01}. With NULL the
   * handler is asked only when there is a domain; PLAIN servers always ask, CURVE servers do when
   * there is a handler. Peers from before ZMTP 3.0 are refused when there is a domain.
   *
   * @see "RFC 27"
   */
  public static final SocketOption<String> ZAP_DOMAIN =
      add(text("ZMQ_ZAP_DOMAIN", 55).effect(NEXT_ENDPOINT));

  /**
   * Refuses all peers of a socket with a {@link #ZAP_DOMAIN} when there is no handler; otherwise
   * NULL and CURVE let them in. A CURVE server without a domain then asks no handler.
   */
  public static final SocketOption<Boolean> ZAP_ENFORCE_DOMAIN =
      add(flag("ZMQ_ZAP_ENFORCE_DOMAIN", 93).effect(NEXT_ENDPOINT));

  /** How many connections may wait to be accepted. The operating system may lower it. */
  public static final SocketOption<Integer> BACKLOG =
      add(
          integer("ZMQ_BACKLOG", 19)
              .unit("connections")
              .range("1 or more", v -> v >= 1)
              .initial(100)
              .effect(NEXT_ENDPOINT));

  /** Size of the operating system's send buffer; -1 leaves it alone. tcp only. */
  public static final SocketOption<Integer> SNDBUF =
      add(
          integer("ZMQ_SNDBUF", 11)
              .unit("octets")
              .range("-1 or more", v -> v >= -1)
              .initial(-1)
              .effect(NEXT_ENDPOINT));

  /** Size of the operating system's receive buffer; -1 leaves it alone. tcp only. */
  public static final SocketOption<Integer> RCVBUF =
      add(
          integer("ZMQ_RCVBUF", 12)
              .unit("octets")
              .range("-1 or more", v -> v >= -1)
              .initial(-1)
              .effect(NEXT_ENDPOINT));

  /** TCP keep-alive: 1 on, 0 off, -1 as the operating system has it. */
  public static final SocketOption<Integer> TCP_KEEPALIVE =
      add(
          integer("ZMQ_TCP_KEEPALIVE", 34)
              .range("-1, 0 or 1", v -> v >= -1 && v <= 1)
              .initial(-1)
              .effect(NEXT_ENDPOINT));

  /**
   * How many unanswered keep-alive probes end a connection that has {@link #TCP_KEEPALIVE} on; -1
   * as the operating system has it. tcp only.
   */
  public static final SocketOption<Integer> TCP_KEEPALIVE_CNT =
      add(keepAlive("ZMQ_TCP_KEEPALIVE_CNT", 35, "probes", 127));

  /** How long a connection is idle before the first keep-alive probe; -1, as above. tcp only. */
  public static final SocketOption<Integer> TCP_KEEPALIVE_IDLE =
      add(keepAlive("ZMQ_TCP_KEEPALIVE_IDLE", 36, "seconds", 32767));

  /** Time between two keep-alive probes; -1, as above. tcp only. */
  public static final SocketOption<Integer> TCP_KEEPALIVE_INTVL =
      add(keepAlive("ZMQ_TCP_KEEPALIVE_INTVL", 37, "seconds", 32767));

  /**
   * Whom a bound tcp endpoint accepts: an address, or a network such as {@code 10.0.0.0/8} or
   * {@code fe80::/10}, in digits without leading zeros: no name is looked up. Each value adds one;
   * the empty one takes all back, and all peers may come. Others are disconnected before anything
   * is said, and {@code ACCEPT_FAILED} is reported.
   */
  public static final SocketOption<String> TCP_ACCEPT_FILTER =
      add(
          new SocketOption.Builder<>("ZMQ_TCP_ACCEPT_FILTER", 38, String.class)
              .range(
                  "an IPv4 or IPv6 address in digits (no leading zeros in IPv4), or one with /bits;"
                      + " empty to take all back",
                  OptionChecks::isNetwork)
              .additive("")
              .writeOnly()
              .effect(NEXT_ENDPOINT));

  /**
   * The number of a user that a bound ipc endpoint accepts, besides those of {@link
   * #IPC_FILTER_GID}. Each value adds one; -1 takes all back.
   */
  public static final SocketOption<Integer> IPC_FILTER_UID =
      add(credential("ZMQ_IPC_FILTER_UID", 59, "user"));

  /**
   * The number of a group that a bound ipc endpoint accepts: the primary group of the peer's
   * process. Each value adds one; -1 takes all back.
   */
  public static final SocketOption<Integer> IPC_FILTER_GID =
      add(credential("ZMQ_IPC_FILTER_GID", 60, "group"));

  /** The number of a process that a bound ipc endpoint accepts. */
  public static final SocketOption<Integer> IPC_FILTER_PID =
      add(
          credential("ZMQ_IPC_FILTER_PID", 58, "process")
              .unsupported("the JDK tells the user and group of a peer, not its process"));

  /** Type-of-service octet of outgoing IP packets; 0 leaves it alone. */
  public static final SocketOption<Integer> TOS =
      add(
          integer("ZMQ_TOS", 57)
              .unit("octet")
              .range("0 to 255", v -> v >= 0 && v <= 255)
              .initial(0)
              .effect(NEXT_ENDPOINT));

  /** Whether tcp endpoints may use IPv6; then {@code *} binds both families. */
  public static final SocketOption<Boolean> IPV6 = add(flag("ZMQ_IPV6", 42).effect(NEXT_ENDPOINT));

  /**
   * Which of the context's I/O threads may serve the socket's connections: bit 0 stands for the
   * first one; zero for whichever has the fewest connections. With a mask that names no existing
   * thread, bind and connect fail with {@code EMTHREAD}.
   */
  public static final SocketOption<Long> AFFINITY =
      add(
          new SocketOption.Builder<>("ZMQ_AFFINITY", 4, Long.class)
              .unit("bit mask")
              .initial(0L)
              .effect(NEXT_ENDPOINT));

  /**
   * What can be done without waiting, as libzmq's flags: 1 to receive ({@code ZMQ_POLLIN}), 2 to
   * send ({@code ZMQ_POLLOUT}). To wait for it, see {@link Poller}.
   */
  public static final SocketOption<Integer> EVENTS =
      add(integer("ZMQ_EVENTS", 15).unit("flags").range("0 to 3", v -> false).effect(READ_ONLY));

  /**
   * Whether the message that this thread is receiving frame by frame has another frame: {@link
   * Socket#hasMore}.
   */
  public static final SocketOption<Boolean> RCVMORE =
      add(flag("ZMQ_RCVMORE", 13).effect(READ_ONLY));

  /** Whether many threads may use the socket at once. (libzmq: its draft types only.) */
  public static final SocketOption<Boolean> THREAD_SAFE =
      add(flag("ZMQ_THREAD_SAFE", 81).initial(true).effect(READ_ONLY));

  /** A descriptor that becomes readable when the socket's readiness may have changed. */
  public static final SocketOption<Integer> FD =
      add(
          integer("ZMQ_FD", 14)
              .effect(READ_ONLY)
              .unsupported(
                  "Java has no file descriptors as numbers; Poller waits for sockets and for"
                      + " channels together"));

  /** The opposite of {@link #IPV6}, of which it is another name. Deprecated in libzmq. */
  public static final SocketOption<Boolean> IPV4ONLY =
      add(flag("ZMQ_IPV4ONLY", 31).initial(true).effect(NEXT_ENDPOINT));

  /** Octets that libzmq gathers for one write. */
  public static final SocketOption<Integer> OUT_BATCH_SIZE =
      add(
          positive("ZMQ_OUT_BATCH_SIZE", 102, 8192, "octets")
              .unsupported("nothing is gathered: a queue is written as it is"));

  private static final String NEEDS_SETSOCKOPT =
      "the JDK cannot set it on a channel, which needs a native call (setsockopt ";

  /** How long sent data may stay unacknowledged before the connection is lost. */
  public static final SocketOption<Duration> TCP_MAXRT =
      add(
          interval("ZMQ_TCP_MAXRT", 80)
              .initial(Duration.ZERO)
              .effect(NEXT_ENDPOINT)
              .unsupported(
                  NEEDS_SETSOCKOPT
                      + "TCP_USER_TIMEOUT); ZMQ_HEARTBEAT_TIMEOUT finds lost peers, too"));

  /** The network device that packets may use. */
  public static final SocketOption<String> BINDTODEVICE =
      add(
          text("ZMQ_BINDTODEVICE", 92)
              .effect(NEXT_ENDPOINT)
              .unsupported(
                  NEEDS_SETSOCKOPT
                      + "SO_BINDTODEVICE); bind to the address, or name, of the device instead"));

  /** Priority of outgoing packets. */
  public static final SocketOption<Integer> PRIORITY =
      add(
          integer("ZMQ_PRIORITY", 112)
              .range("0 or more", v -> v >= 0)
              .initial(0)
              .effect(NEXT_ENDPOINT)
              .unsupported(NEEDS_SETSOCKOPT + "SO_PRIORITY); see ZMQ_TOS"));

  /** How long the operating system looks for packets before it sleeps. */
  public static final SocketOption<Integer> BUSY_POLL =
      add(
          integer("ZMQ_BUSY_POLL", 113)
              .unit("microseconds")
              .initial(0)
              .effect(NEXT_ENDPOINT)
              .unsupported(NEEDS_SETSOCKOPT + "SO_BUSY_POLL)"));

  /** A descriptor that is bound and listens already. */
  public static final SocketOption<Integer> USE_FD =
      add(
          integer("ZMQ_USE_FD", 89)
              .range("-1 or more", v -> v >= -1)
              .initial(-1)
              .effect(NEXT_ENDPOINT)
              .unsupported("the JDK cannot make a channel of a descriptor's number"));

  /** Fast loopback connections of some versions of Windows. */
  public static final SocketOption<Boolean> LOOPBACK_FASTPATH =
      add(
          flag("ZMQ_LOOPBACK_FASTPATH", 94)
              .effect(NEXT_ENDPOINT)
              .unsupported("it belongs to Windows, which has given it up"));

  /** Whether a multicast sender hears itself. */
  public static final SocketOption<Boolean> MULTICAST_LOOP =
      add(
          flag("ZMQ_MULTICAST_LOOP", 96)
              .initial(true)
              .effect(NEXT_ENDPOINT)
              .unsupported("there is no udp transport"));

  private static final String NO_WSS = "there is no WebSocket transport (ws, wss)";

  /** The server's secret key, for wss. */
  public static final SocketOption<String> WSS_KEY_PEM = add(wss("ZMQ_WSS_KEY_PEM", 103).secret());

  /** The server's certificate, for wss. */
  public static final SocketOption<String> WSS_CERT_PEM = add(wss("ZMQ_WSS_CERT_PEM", 104));

  /** The certificates that a client of wss trusts. */
  public static final SocketOption<String> WSS_TRUST_PEM = add(wss("ZMQ_WSS_TRUST_PEM", 105));

  /** The name that the server's certificate must have, for wss. */
  public static final SocketOption<String> WSS_HOSTNAME = add(wss("ZMQ_WSS_HOSTNAME", 106));

  /** Whether a client of wss trusts what the system trusts. */
  public static final SocketOption<Boolean> WSS_TRUST_SYSTEM =
      add(flag("ZMQ_WSS_TRUST_SYSTEM", 107).effect(NEXT_ENDPOINT).unsupported(NO_WSS));

  private static final String NO_VMCI =
      "there is no transport between virtual machines (vmci), which needs native code";

  /** Size of the buffer of vmci. */
  public static final SocketOption<Long> VMCI_BUFFER_SIZE = add(vmci("ZMQ_VMCI_BUFFER_SIZE", 85));

  /** Least size of the buffer of vmci. */
  public static final SocketOption<Long> VMCI_BUFFER_MIN_SIZE =
      add(vmci("ZMQ_VMCI_BUFFER_MIN_SIZE", 86));

  /** Largest size of the buffer of vmci. */
  public static final SocketOption<Long> VMCI_BUFFER_MAX_SIZE =
      add(vmci("ZMQ_VMCI_BUFFER_MAX_SIZE", 87));

  /** Longest time for one attempt to connect over vmci. */
  public static final SocketOption<Duration> VMCI_CONNECT_TIMEOUT =
      add(
          intervalOrForever("ZMQ_VMCI_CONNECT_TIMEOUT", 88)
              .initial(FOREVER)
              .effect(NEXT_ENDPOINT)
              .unsupported(NO_VMCI));

  private static final String NO_NORM =
      "there is no multicast transport (norm), which needs native code";

  /** Congestion control of norm. */
  public static final SocketOption<Integer> NORM_MODE = add(norm("ZMQ_NORM_MODE", 117, 1));

  /** Whether receivers of norm complain to the sender alone. */
  public static final SocketOption<Boolean> NORM_UNICAST_NACK =
      add(flag("ZMQ_NORM_UNICAST_NACK", 118).effect(NEXT_ENDPOINT).unsupported(NO_NORM));

  /** Size of the buffer of norm, in KiB. */
  public static final SocketOption<Integer> NORM_BUFFER_SIZE =
      add(norm("ZMQ_NORM_BUFFER_SIZE", 119, 2048));

  /** Size of a segment of norm. */
  public static final SocketOption<Integer> NORM_SEGMENT_SIZE =
      add(norm("ZMQ_NORM_SEGMENT_SIZE", 120, 1400));

  /** Segments in a block of norm. */
  public static final SocketOption<Integer> NORM_BLOCK_SIZE =
      add(norm("ZMQ_NORM_BLOCK_SIZE", 121, 16));

  /** Parity segments in a block of norm. */
  public static final SocketOption<Integer> NORM_NUM_PARITY =
      add(norm("ZMQ_NORM_NUM_PARITY", 122, 4));

  /** Parity segments of norm that are sent unasked. */
  public static final SocketOption<Integer> NORM_NUM_AUTOPARITY =
      add(norm("ZMQ_NORM_NUM_AUTOPARITY", 123, 0));

  /** Whether the sender of norm overwrites what is unsent. */
  public static final SocketOption<Boolean> NORM_PUSH =
      add(flag("ZMQ_NORM_PUSH", 124).effect(NEXT_ENDPOINT).unsupported(NO_NORM));

  /** The type of the socket, as libzmq's number. */
  public static final SocketOption<Integer> TYPE =
      add(integer("ZMQ_TYPE", 16).initial(SocketType::number).effect(READ_ONLY));

  /** The endpoint last bound or connected: after a bind with the real address and port. */
  public static final SocketOption<String> LAST_ENDPOINT =
      add(
          new SocketOption.Builder<>("ZMQ_LAST_ENDPOINT", 32, String.class)
              .initial("")
              .effect(READ_ONLY));

  private static final String NO_MULTICAST =
      "there is no multicast transport (pgm, epgm, norm), which needs native code";

  /** Speed of multicast in kilobits a second. */
  public static final SocketOption<Integer> RATE =
      add(positive("ZMQ_RATE", 8, 100, "kbit/s").unsupported(NO_MULTICAST));

  /** How long a multicast receiver may be away without losing data. */
  public static final SocketOption<Duration> RECOVERY_IVL =
      add(
          interval("ZMQ_RECOVERY_IVL", 9)
              .initial(Duration.ofSeconds(10))
              .effect(NEXT_ENDPOINT)
              .unsupported(NO_MULTICAST));

  /** How many routers a multicast packet may pass. */
  public static final SocketOption<Integer> MULTICAST_HOPS =
      add(positive("ZMQ_MULTICAST_HOPS", 25, 1, "hops").unsupported(NO_MULTICAST));

  /** Largest multicast packet. */
  public static final SocketOption<Integer> MULTICAST_MAXTPDU =
      add(positive("ZMQ_MULTICAST_MAXTPDU", 84, 1500, "octets").unsupported(NO_MULTICAST));

  private SocketOptions() {}

  /** All options, in the order of this page. */
  public static List<SocketOption<?>> all() {
    return List.copyOf(ALL);
  }

  private static <T> SocketOption<T> add(SocketOption.Builder<T> b) {
    SocketOption<T> option = new SocketOption<>(b, ALL.size());
    ALL.add(option);
    return option;
  }

  private static SocketOption<Integer> atLeast(
      String name, int number, int min, int initial, String unit) {
    return add(
        integer(name, number).unit(unit).range(min + " or more", v -> v >= min).initial(initial));
  }

  private static SocketOption.Builder<String> wss(String name, int number) {
    return new SocketOption.Builder<>(name, number, String.class)
        .initial("")
        .effect(NEXT_ENDPOINT)
        .unsupported(NO_WSS);
  }

  private static SocketOption.Builder<Long> vmci(String name, int number) {
    return new SocketOption.Builder<>(name, number, Long.class)
        .unit("octets")
        .initial(0L)
        .effect(NEXT_ENDPOINT)
        .unsupported(NO_VMCI);
  }

  private static SocketOption.Builder<Integer> norm(String name, int number, int initial) {
    return integer(name, number).initial(initial).effect(NEXT_ENDPOINT).unsupported(NO_NORM);
  }
}
