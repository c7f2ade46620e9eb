package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketType;
import io.niomq.explain.Refusal;
import io.niomq.internal.endpoint.Listener;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.transport.Listening;
import io.niomq.internal.transport.Transports;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bound endpoint whose operating system does not give it the peers that are there. */
@ExtendWith(NoLeaks.class)
class AcceptingTest {
  /** How the JDK tells that no descriptors are left. */
  private static final String NO_DESCRIPTORS = "Too many open files";

  private static final long PAUSE_NANOS = 100_000_000;

  private final Context context = Context.create();
  private final SocketCore pull = Cores.of(context).socket(SocketType.PULL);
  private final List<SocketEvent> events = new CopyOnWriteArrayList<>();
  private final Unwilling unwilling = new Unwilling();
  private Listener listener;

  /** Refuses some of its first accepts, and is a real one otherwise. */
  private static final class Unwilling implements Listening {
    private final ServerSocketChannel real;
    private final List<Long> accepts = new CopyOnWriteArrayList<>();
    private volatile int failures;
    private volatile boolean registered;

    Unwilling() {
      try {
        real = ServerSocketChannel.open();
        real.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        real.configureBlocking(false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The real one to the selector; another one to whoever accepts. */
    @Override
    public ServerSocketChannel channel() {
      if (!registered) {
        registered = true;
        return real;
      }
      return new Accepting(this);
    }

    SocketChannel accept() throws IOException {
      accepts.add(System.nanoTime());
      if (accepts.size() <= failures) {
        throw new IOException(NO_DESCRIPTORS);
      }
      return real.accept();
    }

    @Override
    public String endpoint() {
      return "tcp://127.0.0.1:" + real.socket().getLocalPort();
    }

    @Override
    public void close() {
      try {
        real.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Only accepts. */
  private static final class Accepting extends ServerSocketChannel {
    private final Unwilling unwilling;

    Accepting(Unwilling unwilling) {
      super(unwilling.real.provider());
      this.unwilling = unwilling;
    }

    @Override
    public SocketChannel accept() throws IOException {
      return unwilling.accept();
    }

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
      return Set.of();
    }

    @Override
    public ServerSocket socket() {
      throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getLocalAddress() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}
  }

  @BeforeEach
  void begin() {
    pull.watchers().listen(events::add);
    OptionValues options = pull.optionValues().snapshot();
    listener =
        new Listener(
            pull.pipes(), Transports.of("tcp"), unwilling, options, pull.pipes().pickLoop(options));
  }

  @AfterEach
  void end() {
    listener.close(0);
    pull.close();
    context.close();
  }

  private List<SocketEvent> failures() {
    return events.stream().filter(e -> e.type() == Type.ACCEPT_FAILED).toList();
  }

  @Test
  void triesAgainAfterAPauseWhenNoDescriptorsAreLeft() {
    unwilling.failures = 3;
    listener.start();
    RawPeer.connect(listener.endpoint()).handshake("PUSH").close();
    List<Long> accepts = unwilling.accepts;
    for (int i = 1; i <= 3; i++) {
      assertThat(accepts.get(i) - accepts.get(i - 1)).isGreaterThanOrEqualTo(PAUSE_NANOS);
    }
    Await.until("all are told", () -> failures().size() >= 3);
    assertThat(failures())
        .hasSize(3)
        .allSatisfy(
            e -> {
              assertThat(e.errno()).isEqualTo(Errno.EMFILE);
              assertThat(e.detail()).isEqualTo(NO_DESCRIPTORS);
              assertThat(e.endpoint()).isEqualTo(listener.endpoint());
            });
    assertThat(listener.report().lastError()).contains("could not be accepted", NO_DESCRIPTORS);
    assertThat(pull.refusals().peers())
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.refusal()).isEqualTo(Refusal.NOT_ACCEPTED);
              assertThat(p.times()).isEqualTo(3);
            });
  }

  @Test
  void mayBeClosedWhileItPauses() {
    unwilling.failures = Integer.MAX_VALUE;
    listener.start();
    try (RawPeer push = RawPeer.connect(listener.endpoint())) {
      Await.until("a peer could not be accepted", () -> !failures().isEmpty());
      listener.close(0);
      assertThat(push.readToEnd()).isEmpty();
    }
    Await.until(
        "the end is told",
        () -> !events.isEmpty() && events.get(events.size() - 1).type() == Type.CLOSED);
  }
}
