package io.niomq.internal.socket;

import static io.niomq.testing.Octets.hex;
import static io.niomq.testing.Octets.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Who waits after much was read gives a stream a moment before it sleeps, but not an answer:
 * docs/decisions/0011-pacing.md.
 */
@ExtendWith(NoLeaks.class)
class StreamPauseTest {
  private static final byte[] MUCH = RawPeer.frame(0, new byte[70_000]);
  private static final byte[] DELIMITER = hex("01 00");

  private static final byte[] LITTLE = hex("00 01 61");
  private static final byte[] MANY = many(23_000);

  private Context context = Context.builder().spinLimit(Duration.ZERO).build();
  private Socket socket;
  private RawPeer peer;

  /** Notices a second look before they sleep who wait. */
  private static final class Looks extends WrappedLink {
    private final AtomicInteger pauses = new AtomicInteger();
    private int looks;
    private volatile int most;

    Looks(PipeLink link) {
      super(link);
    }

    /** As it is now. */
    Looks now() {
      Looks copy = new Looks(link);
      copy.pauses.set(pauses.get());
      copy.most = most;
      return copy;
    }

    /** A wait begins with this. */
    @Override
    public void act(Pipe pipe, int actions) {
      looks = 0;
      super.act(pipe, actions);
    }

    @Override
    public boolean fill() {
      if (++looks == 2) {
        pauses.incrementAndGet();
      }
      most = Math.max(most, looks);
      return super.fill();
    }
  }

  private void connect(SocketType type, String peerType) {
    socket = context.socket(type);
    peer = RawPeer.connect(socket.bind(Endpoints.TCP)).handshake(peerType);
    assertThat(socket.awaitConnected(1, Await.LONG)).isTrue();
  }

  @AfterEach
  void close() {
    peer.close();
    socket.close();
    context.close();
  }

  private void receive() {
    assertThat(socket.recv(Await.LONG)).isNotNull();
  }

  /** How often the next call pauses before it sleeps; then the peer sends {@code next}. */
  private int pausesBefore(byte[]... next) {
    return looksBefore(next).pauses.get();
  }

  /** How the next call looks before it sleeps; then the peer sends {@code next}. */
  private Looks looksBefore(byte[]... next) {
    Pipes pipes = Cores.of(context).openSockets()[0].pipes();
    Looks looks = WrappedLink.wrap(pipes, Looks::new);
    try {
      Task<Void> receiver = Task.run(this::receive);
      Await.until("it sleeps", () -> isInSelect(receiver.thread()));
      Looks before = looks.now();
      peer.send(join(next));
      receiver.result();
      return before;
    } finally {
      looks.unwrap(pipes);
    }
  }

  private static boolean isInSelect(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(
            call ->
                call.getClassName().equals(Driver.class.getName())
                    && call.getMethodName().equals("select"));
  }

  @Test
  void inAStreamItPauses() {
    connect(SocketType.PULL, "PUSH");
    peer.send(MUCH);
    receive();
    assertThat(pausesBefore(MUCH)).isEqualTo(1);
  }

  @Test
  void whenLittleHasComeSinceItDoesNot() {
    connect(SocketType.PULL, "PUSH");
    peer.send(MUCH);
    receive();
    assertThat(pausesBefore(LITTLE)).isEqualTo(1);
    assertThat(pausesBefore(LITTLE)).isZero();
  }

  @Test
  void beforeAStreamItDoesNot() {
    connect(SocketType.PULL, "PUSH");
    assertThat(pausesBefore(MUCH)).isZero();
  }

  /** What has come of it, and not the whole, makes it a stream. */
  private int pausesAfter(int octetsOfLarge) {
    byte[] large = RawPeer.frame(0, new byte[200_000]);
    connect(SocketType.PULL, "PUSH");
    peer.send(Arrays.copyOf(large, octetsOfLarge));
    PipeLink link = Cores.of(context).openSockets()[0].pipes().all().get(0).link;
    int header = large.length - 200_000;
    Await.until("it has come", () -> link.octetsOfIncomplete() == octetsOfLarge - header);
    return pausesBefore(Arrays.copyOfRange(large, octetsOfLarge, large.length));
  }

  @Test
  void inTheMiddleOfALargeMessageItPauses() {
    assertThat(pausesAfter(100_000)).isEqualTo(1);
  }

  @Test
  void atTheBeginningOfALargeMessageItDoesNot() {
    assertThat(pausesAfter(30_000)).isZero();
  }

  @Test
  void forAnAnswerItDoesNot() {
    connect(SocketType.REQ, "REP");
    socket.send("1");
    peer.send(join(DELIMITER, MUCH));
    receive();
    socket.send("2");
    assertThat(pausesBefore(DELIMITER, MUCH)).isZero();
  }

  @Test
  void forTheNextRequestItDoesNot() {
    connect(SocketType.REP, "REQ");
    peer.send(join(DELIMITER, MUCH));
    receive();
    socket.send("1");
    assertThat(pausesBefore(DELIMITER, MUCH)).isZero();
  }

  /** One wait in 32 tries. */
  private int mostLooksInWaits(byte[] stream, int messages) {
    context.close();
    context = Context.builder().spinLimit(Duration.ofMillis(1)).build();
    connect(SocketType.PULL, "PUSH");
    int most = 0;
    for (int i = 0; i < 40; i++) {
      peer.send(stream);
      for (int m = 0; m < messages; m++) {
        receive();
      }
      most = Math.max(most, looksBefore(LITTLE).most);
    }
    return most;
  }

  @Test
  void inAStreamOfLargeMessagesItLooksAgainAndAgain() {
    assertThat(mostLooksInWaits(MUCH, 1)).isGreaterThan(2);
  }

  @Test
  void inAStreamOfSmallMessagesItLooksOnceMore() {
    assertThat(mostLooksInWaits(MANY, 23_000)).isEqualTo(2);
  }

  /** One wait in 32 would try. */
  @Test
  void whoHasItsAnswerDoesNotLookAgain() {
    context.close();
    context = Context.builder().spinLimit(Duration.ofMillis(1)).build();
    connect(SocketType.DEALER, "ROUTER");
    for (int i = 0; i < 40; i++) {
      socket.send("1");
      peer.send(LITTLE);
      receive();
      assertThat(looksBefore(LITTLE).most).isEqualTo(1);
    }
  }

  private static byte[] many(int messages) {
    byte[][] each = new byte[messages][];
    Arrays.fill(each, LITTLE);
    return join(each);
  }
}
