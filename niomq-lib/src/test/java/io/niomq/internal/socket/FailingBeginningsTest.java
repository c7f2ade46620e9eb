package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.explain.Refusal;
import io.niomq.internal.endpoint.Dialer;
import io.niomq.internal.endpoint.EndpointOwner;
import io.niomq.internal.endpoint.Listener;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.Transport;
import io.niomq.internal.transport.Transports;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.SocksServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections that cannot begin, for another reason than an exception of the operating system's: an
 * option that it does not know, a class or memory that cannot be had. NoLeaks looks for channels.
 */
@ExtendWith(NoLeaks.class)
class FailingBeginningsTest {
  private static final String WHY = "provoked by the test";

  private enum By {
    EXCEPTION,
    ERROR
  }

  private final Context context = Context.create();
  private final List<SocketEvent> events = new CopyOnWriteArrayList<>();

  /** How often it still fails. */
  private final AtomicInteger failures = new AtomicInteger();

  private final Logger logger = Logger.getLogger("io.niomq");
  private final AtomicInteger logged = new AtomicInteger();

  /** The method that fails. */
  private String place;

  private By by = By.ERROR;
  private SocketCore socket;
  private Listener listener;
  private Dialer dialer;

  private SocketCore open(SocketType type) {
    socket = Cores.of(context).socket(type);
    socket.watchers().listen(events::add);
    return socket;
  }

  private void fail(String method, int times) {
    place = method;
    failures.set(times);
  }

  /** Passes all calls on, but those that are to fail. */
  private <T> T failing(Class<T> type, T real) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getName().equals(place)
                  && failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                throw by == By.ERROR
                    ? new NoClassDefFoundError(WHY)
                    : new UnsupportedOperationException(WHY);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    return type.cast(proxy);
  }

  private EndpointOwner owner() {
    return failing(EndpointOwner.class, socket.pipes());
  }

  private static Transport real(String endpoint) {
    return Transports.of(endpoint.substring(0, endpoint.indexOf(':')));
  }

  private Transport transport(String endpoint) {
    return failing(Transport.class, real(endpoint));
  }

  private void listen(String endpoint) {
    OptionValues options = socket.optionValues().snapshot();
    listener =
        new Listener(
            owner(),
            transport(endpoint),
            real(endpoint).bind(Endpoint.parse(endpoint), options),
            options,
            socket.pipes().pickLoop(options));
    listener.start();
  }

  private void dial(String endpoint) {
    OptionValues options = socket.optionValues().snapshot();
    dialer =
        new Dialer(
            owner(),
            transport(endpoint),
            Endpoint.parse(endpoint),
            options,
            socket.pipes().pickLoop(options),
            null);
    dialer.start();
  }

  /** They go to the log, too, with a trace of the stack. */
  @BeforeEach
  void watchLog() {
    logger.setFilter(
        entry -> {
          boolean ours = String.valueOf(entry.getThrown()).contains(WHY);
          if (ours) {
            logged.incrementAndGet();
          }
          return !ours;
        });
  }

  @AfterEach
  void endWithAllLogged() {
    logger.setFilter(null);
    end();
    assertThat(logged).hasPositiveValue();
  }

  private void end() {
    if (listener != null) {
      listener.close(0);
    }
    if (dialer != null) {
      dialer.close(0);
    }
    socket.close();
    context.close();
  }

  private List<SocketEvent> all(Type type) {
    return events.stream().filter(e -> e.type() == type).toList();
  }

  private void await(Type type, int times) {
    Await.until(times + " " + type, () -> all(type).size() >= times);
  }

  private void assertTold(Type type, int times) {
    await(type, times);
    assertThat(all(type))
        .hasSize(times)
        .allSatisfy(
            e -> {
              assertThat(e.errno()).isEqualTo(Errno.EIO);
              assertThat(e.detail()).contains(WHY);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "admits, EXCEPTION",
    "admits, ERROR",
    "configureAccepted, EXCEPTION",
    "configureAccepted, ERROR",
    "zap, EXCEPTION", // to make the connection and its handshake
    "zap, ERROR",
  })
  void endForThePeerAtOnceAndTheNextIsLetIn(String where, By how) {
    by = how;
    fail(where, 2);
    open(SocketType.PULL);
    listen(Endpoints.TCP);
    for (int i = 0; i < 2; i++) {
      try (RawPeer push = RawPeer.connect(listener.endpoint())) {
        assertThat(push.readToEnd()).isEmpty();
      }
    }
    assertTold(Type.ACCEPT_FAILED, 2);
    assertThat(all(Type.ACCEPTED)).isEmpty();
    assertThat(listener.report().lastError()).contains("could not be accepted", WHY);
    assertThat(socket.refusals().peers())
        .singleElement()
        .satisfies(p -> assertThat(p.refusal()).isEqualTo(Refusal.NOT_ACCEPTED));
    RawPeer.connect(listener.endpoint()).handshake("PUSH").close();
    await(Type.HANDSHAKE_SUCCEEDED, 1);
  }

  /** It has a connection already, and that ends. */
  @Test
  void endForThePeerOfAStreamSocketThatCannotBeJoined() {
    fail("newPipe", 1);
    open(SocketType.STREAM);
    listen(Endpoints.TCP);
    try (RawPeer peer = RawPeer.connect(listener.endpoint())) {
      assertThat(peer.readToEnd()).isEmpty();
    }
    assertTold(Type.DISCONNECTED, 1);
  }

  /**
   * At once, after a while, or after a dialogue with a proxy; and after a lookup the channel
   * itself.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ipc", "tcp", "socks", "lookup"})
  void areTriedAgainByWhoConnects(String way) {
    try (Context other = Context.create();
        SocksServer proxy = new SocksServer()) {
      Socket pull = other.socket(SocketType.PULL);
      Events seen = Events.of(pull);
      String bound = pull.bind(way.equals("ipc") ? Endpoints.ipc() : Endpoints.TCP);
      open(SocketType.PUSH);
      socket.optionValues().store(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      if (way.equals("socks")) {
        socket.optionValues().store(SocketOptions.SOCKS_PROXY, proxy.address());
      }
      boolean looksUp = way.equals("lookup");
      fail(looksUp ? "open" : "zap", 2);
      dial(looksUp ? "tcp://localhost:" + Endpoints.port(bound) : bound);
      await(Type.HANDSHAKE_SUCCEEDED, 1);
      assertTold(Type.CLOSED, 2);
      assertThat(all(Type.CONNECT_RETRIED)).hasSize(2);
      assertThat(all(Type.CONNECTED)).hasSize(1);
      if (!looksUp) {
        seen.await(Type.DISCONNECTED, 2);
      }
      seen.await(Type.HANDSHAKE_SUCCEEDED);
    }
  }

  @Test
  void endForThePeerThatNobodyConnectsToAgain() {
    try (RawPeer.Listener peer = RawPeer.listen()) {
      open(SocketType.PUSH);
      socket.optionValues().store(SocketOptions.RECONNECT_IVL, Duration.ZERO);
      fail("zap", 1);
      dial(peer.endpoint());
      try (RawPeer pull = peer.accept()) {
        assertThat(pull.readToEnd()).isEmpty();
      }
      assertTold(Type.CLOSED, 1);
    }
  }
}
