package io.niomq;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Decides which peers the sockets of a context let in: a thread that answers at {@code
 * inproc://zeromq.zap.01} what sockets with {@link SocketOptions#PLAIN_SERVER}, {@code
 * CURVE_SERVER} or a {@link SocketOptions#ZAP_DOMAIN} ask about each new peer. A context has at
 * most one handler; a REP or ROUTER socket of your own at that endpoint does as well.
 *
 * <pre>{@code
 * try (ZapHandler handler = ZapHandler.start(context, ZapHandler.passwords(Map.of("alice", "s3cret")))) {
 *   server.set(SocketOptions.PLAIN_SERVER, true);
 *   server.bind("tcp://*:5555");
 *   ...
 * }
 * }</pre>
 *
 * <p>Start it before the sockets are bound. Thread-safe.
 *
 * @see "RFC 27"
 */
public final class ZapHandler implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.niomq");
  private static final String ENDPOINT = "inproc://zeromq.zap.01";
  private static final byte[] VERSION = "1.0".getBytes(StandardCharsets.US_ASCII);
  private static final int REQUEST_FRAMES = 6;

  /** After a failure, such as no memory left, the handler pauses this long. */
  private static final long PAUSE_NANOS = 100_000_000;

  private static final Set<Integer> STATUSES = Set.of(200, 300, 400, 500);
  private static final Pattern PROPERTY_NAME = Pattern.compile("\\p{ASCII}{1,255}", Pattern.DOTALL);

  /** What a handler thinks of peers. Called by the handler's thread; should be quick. */
  @FunctionalInterface
  public interface Policy {
    /** Whether the peer is let in. Whatever is thrown refuses it with status 500 and is logged. */
    Verdict decide(Request request);
  }

  /**
   * A peer that wants to be let in.
   *
   * @param domain the {@link SocketOptions#ZAP_DOMAIN} of the socket that asks
   * @param address the peer's, numeric, IPv6 in the short form of RFC 5952; for ipc {@code
   *     localhost:user:group}
   * @param routingId that of the socket that asks, as in libzmq
   * @param mechanism {@code NULL}, {@code PLAIN} or {@code CURVE}
   * @param credentials none; name and password; or the public key of 32 octets
   */
  public record Request(
      String domain, String address, byte[] routingId, String mechanism, List<byte[]> credentials) {
    /** A credential as text in UTF-8. */
    public String text(int index) {
      return new String(credentials.get(index), StandardCharsets.UTF_8);
    }

    /** Leaves the credentials out. */
    @Override
    public String toString() {
      return mechanism + " peer at " + address + ", domain \"" + domain + '"';
    }
  }

  /**
   * What is decided about a peer.
   *
   * @param status 200 lets it in; 300 not now, it may try again; 400 refuses it; 500 failed
   * @param text in words, for people
   * @param userId the name that messages of the peer carry: see {@link PeerProperties#USER_ID}
   * @param properties further ones for {@link PeerProperties}; a name has 1 to 255 ASCII characters
   */
  public record Verdict(int status, String text, String userId, Map<String, String> properties) {
    /**
     * Checks the status and the names.
     *
     * @throws ZmqArgumentException when one of them is none that RFC 27 knows
     */
    public Verdict {
      if (!STATUSES.contains(status)) {
        throw new ZmqArgumentException("status " + status + "; allowed: 200, 300, 400, 500");
      }
      Objects.requireNonNull(text);
      Objects.requireNonNull(userId);
      properties = Map.copyOf(properties);
      for (String name : properties.keySet()) {
        if (!PROPERTY_NAME.matcher(name).matches()) {
          throw new ZmqArgumentException(
              "a property named \"" + name + "\"; allowed: 1 to 255 ASCII characters");
        }
      }
    }

    /** Lets the peer in. */
    public static Verdict accept(String userId) {
      return new Verdict(200, "OK", userId, Map.of());
    }

    /** Refuses the peer; it is told so and gives up. */
    public static Verdict refuse(String text) {
      return new Verdict(400, text, "", Map.of());
    }
  }

  private final Socket socket;
  private final Policy policy;
  private final Thread thread;

  private ZapHandler(Socket socket, Policy policy) {
    this.socket = socket;
    this.policy = policy;
    this.thread = new Thread(this::run, "niomq-zap");
    thread.setDaemon(true);
  }

  /**
   * Starts a handler, which ends with {@link #close} or with the context.
   *
   * @throws ZmqEndpointException {@code EADDRINUSE} when the context has a handler
   */
  public static ZapHandler start(Context context, Policy policy) {
    Objects.requireNonNull(policy, "policy");
    Socket socket = context.socket(SocketType.REP);
    try {
      socket.bind(ENDPOINT);
      ZapHandler handler = new ZapHandler(socket, policy);
      handler.thread.start();
      return handler;
    } catch (Throwable e) { // also when there is no thread for it: the name is free again
      socket.close();
      throw e;
    }
  }

  /** Lets PLAIN peers in that know their password; the name is their user. */
  public static Policy passwords(Map<String, String> byName) {
    Map<String, String> known = Map.copyOf(byName);
    return request -> {
      if (request.mechanism().equals("PLAIN")) {
        String expected = known.get(request.text(0));
        if (expected != null
            && MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), request.credentials().get(1))) {
          return Verdict.accept(request.text(0));
        }
      }
      return Verdict.refuse("wrong name or password");
    };
  }

  /** Lets CURVE peers in that have one of these public keys; its Z85 text is their user. */
  public static Policy publicKeys(Collection<byte[]> keys) {
    List<byte[]> known = keys.stream().map(byte[]::clone).toList();
    return request ->
        request.mechanism().equals("CURVE")
                && known.stream()
                    .anyMatch(k -> MessageDigest.isEqual(k, request.credentials().get(0)))
            ? Verdict.accept(Z85.encode(request.credentials().get(0)))
            : Verdict.refuse("unknown key");
  }

  /**
   * Lets peers in from these addresses, whatever the mechanism, if {@code then} does, too. They are
   * compared as texts, so they have to be written as {@link Request#address} has them.
   */
  public static Policy addresses(Collection<String> allowed, Policy then) {
    List<String> known = List.copyOf(allowed);
    return request ->
        known.contains(request.address())
            ? then.decide(request)
            : Verdict.refuse("not from this address");
  }

  private void run() {
    while (true) {
      try {
        serve();
      } catch (ZmqClosedException | ZmqTerminatedException end) {
        socket.close();
        return;
      } catch (ZmqInterruptedException e) { // no end: without a handler everybody would be let in
        goOn();
      } catch (ZmqTimeoutException again) {
        log(System.Logger.Level.DEBUG, () -> "the ZAP handler waits again", again);
      } catch (Throwable e) { // for instance for want of memory
        log(System.Logger.Level.WARNING, () -> "the ZAP handler failed", e);
        goOn();
        LockSupport.parkNanos(PAUSE_NANOS);
        owesNothing();
      }
    }
  }

  private void serve() {
    Message request = socket.recvMessage();
    Message reply;
    try {
      reply = answer(request);
    } catch (Throwable e) { // without this thread every peer would wait in vain
      log(System.Logger.Level.WARNING, () -> "the ZAP handler could not answer", e);
      reply = reply(id(request), failure("the handler failed"));
    }
    socket.send(reply);
  }

  /** Answers a request that was read, perhaps, and whose number is lost: the next can be read. */
  private void owesNothing() {
    try {
      socket.trySend(reply(new byte[0], failure("the handler failed")));
    } catch (Throwable nothingDue) {
      // Nothing was read, or the socket is closed; if there is no memory for this, either, the next
      // attempt to receive fails, and leads here again.
    }
  }

  private Message answer(Message request) {
    boolean known = request.frameCount() >= REQUEST_FRAMES && "1.0".equals(request.string(0));
    Verdict verdict = known ? decide(read(request)) : failure("not a ZAP 1.0 request");
    return reply(id(request), verdict);
  }

  private static byte[] id(Message request) {
    return request.frameCount() > 1 ? request.bytes(1) : new byte[0];
  }

  private static Message reply(byte[] id, Verdict verdict) {
    Message reply = new Message();
    reply.add(VERSION).add(id).add(Integer.toString(verdict.status())).add(verdict.text());
    return reply.add(verdict.userId()).add(encode(verdict.properties()));
  }

  private static Verdict failure(String text) {
    return new Verdict(500, text, "", Map.of());
  }

  private static Request read(Message m) {
    List<byte[]> credentials =
        IntStream.range(REQUEST_FRAMES, m.frameCount()).mapToObj(m::bytes).toList();
    return new Request(m.string(2), m.string(3), m.bytes(4), m.string(5), credentials);
  }

  private Verdict decide(Request request) {
    try {
      return Objects.requireNonNull(policy.decide(request), "verdict");
    } catch (Throwable e) { // an Error, too: without this thread every peer would wait in vain
      log(System.Logger.Level.WARNING, () -> "the ZAP policy failed for a " + request, e);
      return failure("the policy failed");
    } finally {
      goOn();
    }
  }

  /** An interrupt, such as a policy leaves behind, ends none of this thread's waits. */
  private static void goOn() {
    Thread.interrupted();
  }

  private static void log(System.Logger.Level level, Supplier<String> what, Throwable e) {
    try {
      LOG.log(level, what, e);
    } catch (Throwable alsoFailed) {
      // a logger that fails must not end the thread
    }
  }

  /** RFC 37's form: name and value with their lengths in 1 and 4 octets. */
  private static byte[] encode(Map<String, String> properties) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    properties.forEach(
        (name, value) -> {
          byte[] n = name.getBytes(StandardCharsets.US_ASCII);
          byte[] v = value.getBytes(StandardCharsets.UTF_8);
          out.write(n.length);
          out.writeBytes(n);
          out.writeBytes(ByteBuffer.allocate(4).putInt(v.length).array());
          out.writeBytes(v);
        });
    return out.toByteArray();
  }

  /**
   * Ends the handler: from now on there is none. Waits up to 10 seconds for a policy that is at
   * work, unless it is the policy that calls.
   */
  @Override
  public void close() {
    socket.close();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
