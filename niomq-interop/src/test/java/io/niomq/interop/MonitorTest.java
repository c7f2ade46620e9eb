package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same things happen to a NioMQ socket and to a libzmq socket, and their monitors tell the same
 * events in the same order, with the same addresses and, but for descriptors, the same values.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class MonitorTest {

  /** Whose monitor is read; the peer is of the other library. */
  enum Library {
    NIOMQ,
    LIBZMQ
  }

  static Stream<Arguments> librariesAndTransports() {
    return Stream.of(Library.values())
        .flatMap(l -> Stream.of(Transport.values()).map(t -> Arguments.of(l, t)));
  }

  /** A socket whose monitor is read. */
  private interface Watched {
    End end();

    void unbind(String endpoint);

    void close();

    /** All events up to one of that name. */
    List<Told> until(String event);

    default List<String> namesUntil(String event) {
      return until(event).stream().map(Told::event).toList();
    }
  }

  private record Told(String event, long value, String address) {}

  private record NioWatched(Socket socket, Socket reader) implements Watched {
    @Override
    public End end() {
      return new NioSocket(socket);
    }

    @Override
    public void unbind(String endpoint) {
      socket.unbind(endpoint);
    }

    @Override
    public void close() {
      socket.close();
    }

    @Override
    public List<Told> until(String event) {
      List<Told> all = new ArrayList<>();
      do {
        Message message = reader.recvMessage(NioSockets.LONGEST_WAIT);
        assertThat(message).as("an event after %s", all).isNotNull();
        ByteBuffer head = ByteBuffer.wrap(message.bytes(0)).order(ByteOrder.nativeOrder());
        int number = Short.toUnsignedInt(head.getShort());
        SocketEvent.Type type =
            Stream.of(SocketEvent.Type.values())
                .filter(t -> t.number() == number)
                .findFirst()
                .orElseThrow();
        all.add(new Told(type.name(), Integer.toUnsignedLong(head.getInt()), message.string(1)));
      } while (!all.get(all.size() - 1).event().equals(event));
      return all;
    }
  }

  private record LibzmqWatched(LibzmqSocket socket) implements Watched {
    @Override
    public End end() {
      return socket;
    }

    @Override
    public void unbind(String endpoint) {
      socket.unbind(endpoint);
    }

    @Override
    public void close() {
      socket.close(0);
    }

    @Override
    public List<Told> until(String event) {
      return socket.told(event).stream()
          .map(
              line -> {
                String[] words = line.split(" ", 3);
                String address = words.length > 2 ? words[2] : ""; // none with MONITOR_STOPPED
                return new Told(words[0], Long.parseLong(words[1]), address);
              })
          .toList();
    }
  }

  private static Watched watched(
      Library library, SocketType type, Duration retry, NioSockets sockets, LibzmqPeer libzmq) {
    if (library == Library.LIBZMQ) {
      LibzmqSocket socket = libzmq.socket(type);
      socket.set("RECONNECT_IVL", (int) retry.toMillis());
      socket.monitor();
      return new LibzmqWatched(socket);
    }
    Socket socket = sockets.open(type).set(SocketOptions.RECONNECT_IVL, retry);
    socket.monitor("inproc://monitor", SocketEvent.ALL_V1);
    Socket reader = sockets.open(SocketType.PAIR);
    reader.connect("inproc://monitor");
    return new NioWatched(socket, reader);
  }

  private static End peer(Library watched, SocketType type, NioSockets sockets, LibzmqPeer libzmq) {
    return watched == Library.NIOMQ ? libzmq.socket(type) : sockets.end(type);
  }

  private static void close(End end) {
    if (end instanceof NioSocket s) {
      s.socket().close();
    } else {
      ((LibzmqSocket) end).close(0);
    }
  }

  private static String endpoint(Library binder, Transport transport, NioSockets sockets) {
    return binder == Library.NIOMQ
        ? sockets.endpoint(transport)
        : sockets.foreignEndpoint(transport);
  }

  private static Library other(Library library) {
    return library == Library.NIOMQ ? Library.LIBZMQ : Library.NIOMQ;
  }

  @Nested
  class OfTheBindingSide {
    @ParameterizedTest
    @MethodSource("io.niomq.interop.MonitorTest#librariesAndTransports")
    void tellsTheLifeOfAConnection(
        Library library, Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      Watched pull = watched(library, SocketType.PULL, Duration.ofSeconds(9), sockets, libzmq);
      String bound = pull.end().bind(endpoint(library, transport, sockets));
      End push = peer(library, SocketType.PUSH, sockets, libzmq);
      push.connect(bound);
      List<Told> begin = pull.until("HANDSHAKE_SUCCEEDED");
      close(push);
      List<Told> end = pull.until("DISCONNECTED");
      pull.unbind(bound);
      List<Told> closed = pull.until("CLOSED");
      assertThat(begin)
          .extracting(Told::event)
          .containsExactly("LISTENING", "ACCEPTED", "HANDSHAKE_SUCCEEDED");
      assertThat(begin).extracting(Told::address).containsOnly(bound);
      assertThat(begin.get(2).value()).isZero();
      assertThat(end).containsExactly(new Told("DISCONNECTED", begin.get(1).value(), bound));
      assertThat(closed).containsExactly(new Told("CLOSED", begin.get(0).value(), bound));
      pull.close();
      assertThat(pull.until("MONITOR_STOPPED")).containsExactly(new Told("MONITOR_STOPPED", 0, ""));
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheAddressThatTheConnectionHas(
        Library library, NioSockets sockets, LibzmqPeer libzmq) {
      Watched pull = watched(library, SocketType.PULL, Duration.ofSeconds(9), sockets, libzmq);
      String bound = pull.end().bind("tcp://*:*");
      assertThat(bound).startsWith("tcp://0.0.0.0:");
      String endpoint = bound.replace("0.0.0.0", "127.0.0.1");
      peer(library, SocketType.PUSH, sockets, libzmq).connect(endpoint);
      assertThat(pull.until("HANDSHAKE_SUCCEEDED"))
          .extracting(Told::address)
          .containsExactly(bound, endpoint, endpoint);
    }

    @ParameterizedTest
    @EnumSource
    void saysNothingOfConnectionsThatItClosesItself(
        Library library, NioSockets sockets, LibzmqPeer libzmq) {
      Watched pull = watched(library, SocketType.PULL, Duration.ofSeconds(9), sockets, libzmq);
      String bound = pull.end().bind(endpoint(library, Transport.TCP, sockets));
      peer(library, SocketType.PUSH, sockets, libzmq).connect(bound);
      pull.until("HANDSHAKE_SUCCEEDED");
      pull.close();
      assertThat(pull.namesUntil("MONITOR_STOPPED")).containsExactly("CLOSED", "MONITOR_STOPPED");
    }
  }

  @Nested
  class OfTheConnectingSide {
    @ParameterizedTest
    @MethodSource("io.niomq.interop.MonitorTest#librariesAndTransports")
    void tellsTheLifeOfAConnection(
        Library library, Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      Watched push = watched(library, SocketType.PUSH, Duration.ofSeconds(9), sockets, libzmq);
      End pull = peer(library, SocketType.PULL, sockets, libzmq);
      String bound = pull.bind(endpoint(other(library), transport, sockets));
      push.end().connect(bound);
      List<Told> begin = push.until("HANDSHAKE_SUCCEEDED");
      close(pull);
      List<Told> end = push.until("CONNECT_RETRIED");
      assertThat(begin)
          .extracting(Told::event)
          .containsExactlyElementsOf(
              transport == Transport.TCP
                  ? List.of("CONNECT_DELAYED", "CONNECTED", "HANDSHAKE_SUCCEEDED")
                  : List.of("CONNECTED", "HANDSHAKE_SUCCEEDED"));
      assertThat(begin).extracting(Told::address).containsOnly(bound);
      if (transport == Transport.TCP) {
        assertThat(begin.get(0).value()).isEqualTo(115);
      }
      assertThat(end).extracting(Told::event).containsExactly("DISCONNECTED", "CONNECT_RETRIED");
      assertThat(end).extracting(Told::address).containsOnly(bound);
      assertThat(end.get(0).value()).isEqualTo(begin.get(begin.size() - 2).value());
      assertThat(end.get(1).value()).isBetween(9_000L, 18_000L);
    }

    @ParameterizedTest
    @EnumSource
    void tellsAttemptsBeforeThePeerIsThere(Library library, NioSockets sockets, LibzmqPeer libzmq) {
      End first = peer(library, SocketType.PULL, sockets, libzmq);
      String bound = first.bind(endpoint(other(library), Transport.TCP, sockets));
      close(first);
      awaitFree(bound, sockets, libzmq, library);
      Watched push = watched(library, SocketType.PUSH, Duration.ofMillis(50), sockets, libzmq);
      push.end().connect(bound);
      List<Told> attempt = push.until("CONNECT_RETRIED");
      assertThat(attempt)
          .extracting(Told::event)
          .containsExactly("CONNECT_DELAYED", "CLOSED", "CONNECT_RETRIED");
      assertThat(attempt).extracting(Told::address).containsOnly(bound);
      assertThat(attempt.get(1).value()).isPositive();
      assertThat(attempt.get(2).value()).isBetween(50L, 100L);
      peer(library, SocketType.PULL, sockets, libzmq).bind(bound);
      List<String> rest = new ArrayList<>(push.namesUntil("HANDSHAKE_SUCCEEDED"));
      List<String> failed = List.of("CONNECT_DELAYED", "CLOSED", "CONNECT_RETRIED");
      while (rest.size() > 3) { // it may have tried again before the bind
        assertThat(rest.subList(0, 3)).isEqualTo(failed);
        rest.subList(0, 3).clear();
      }
      assertThat(rest).containsExactly("CONNECT_DELAYED", "CONNECTED", "HANDSHAKE_SUCCEEDED");
    }

    /** A libzmq socket gives its port back a moment after it was closed. */
    private void awaitFree(
        String endpoint, NioSockets sockets, LibzmqPeer libzmq, Library library) {
      End probe = peer(library, SocketType.PULL, sockets, libzmq);
      Exchange.until(
          () -> {
            try {
              probe.bind(endpoint);
              return true;
            } catch (RuntimeException | AssertionError notYet) {
              return false;
            }
          });
      if (probe instanceof NioSocket s) {
        s.socket().unbind(endpoint);
      } else {
        LibzmqSocket s = (LibzmqSocket) probe;
        s.monitor();
        s.unbind(endpoint);
        s.told("CLOSED");
      }
    }

    @ParameterizedTest
    @MethodSource("io.niomq.interop.MonitorTest#librariesAndTransports")
    void tellsThatItFoundThePeerAgain(
        Library library, Transport transport, NioSockets sockets, LibzmqPeer libzmq)
        throws IOException {
      Watched push = watched(library, SocketType.PUSH, Duration.ofMillis(20), sockets, libzmq);
      String bound = endpoint(other(library), transport, sockets);
      End pull = peer(library, SocketType.PULL, sockets, libzmq);
      bound = pull.bind(bound);
      push.end().connect(bound);
      push.until("HANDSHAKE_SUCCEEDED");
      close(pull);
      assertThat(push.namesUntil("CONNECT_RETRIED"))
          .containsExactly("DISCONNECTED", "CONNECT_RETRIED");
      End again = peer(library, SocketType.PULL, sockets, libzmq);
      String endpoint = bound;
      Exchange.until(
          () -> {
            try {
              again.bind(endpoint);
              return true;
            } catch (RuntimeException | AssertionError notYet) {
              return false;
            }
          });
      List<String> rest = push.namesUntil("HANDSHAKE_SUCCEEDED");
      assertThat(rest.subList(rest.size() - 2, rest.size()))
          .containsExactly("CONNECTED", "HANDSHAKE_SUCCEEDED");
    }
  }

  @Nested
  class OfAFailedHandshake {
    private static final String NULL = "03 00 4E554C4C" + "00".repeat(16 + 32);

    @ParameterizedTest
    @CsvSource({
      "NIOMQ, 04 06 05 48454C4C4F",
      "LIBZMQ, 04 06 05 48454C4C4F",
      "NIOMQ, 04 07 05 4552524F52 03",
      "LIBZMQ, 04 07 05 4552524F52 03",
      "NIOMQ, 00 01 61",
      "LIBZMQ, 00 01 61"
    })
    void tellsHowThePeerBrokeTheProtocol(
        Library library, String octets, NioSockets sockets, LibzmqPeer libzmq) throws IOException {
      Watched pull = watched(library, SocketType.PULL, Duration.ofSeconds(9), sockets, libzmq);
      String bound = pull.end().bind(endpoint(library, Transport.TCP, sockets));
      try (WirePeer peer = WirePeer.connect(bound)) {
        peer.send("FF 0000000000000000 7F" + NULL).send(octets);
        List<Told> all = pull.until("DISCONNECTED");
        assertThat(all)
            .extracting(Told::event)
            .containsExactly("LISTENING", "ACCEPTED", "HANDSHAKE_FAILED_PROTOCOL", "DISCONNECTED");
        assertThat(all.get(2).value())
            .isEqualTo(octets.contains("4552524F52") ? 0x10000015 : 0x10000001);
      }
    }

    @ParameterizedTest
    @EnumSource
    void tellsThatThePeerUsesAnotherMechanism(
        Library library, NioSockets sockets, LibzmqPeer libzmq) throws IOException {
      Watched pull = watched(library, SocketType.PULL, Duration.ofSeconds(9), sockets, libzmq);
      String bound = pull.end().bind(endpoint(library, Transport.TCP, sockets));
      try (WirePeer peer = WirePeer.connect(bound)) {
        peer.send("FF 0000000000000000 7F 03 00 504C41494E" + "00".repeat(15 + 32));
        List<Told> all = pull.until("DISCONNECTED");
        assertThat(all.get(2)).isEqualTo(new Told("HANDSHAKE_FAILED_PROTOCOL", 0x11000002, bound));
        assertThat(all).hasSize(4);
      }
    }

    @ParameterizedTest
    @CsvSource({"NIOMQ, 300", "LIBZMQ, 300", "NIOMQ, 400", "LIBZMQ, 400"})
    void tellsTheStatusOfARefusal(
        Library library, int status, NioSockets sockets, LibzmqPeer libzmq) throws IOException {
      Watched pull = watched(library, SocketType.PULL, Duration.ofSeconds(9), sockets, libzmq);
      String bound = pull.end().bind(endpoint(library, Transport.TCP, sockets));
      try (WirePeer peer = WirePeer.connect(bound)) {
        // libzmq's handshake is over only when its own READY has been sent, too: without waiting
        // for
        // it, the close below may come first, and be told as a second failure
        peer.greet(WirePeer.REST_3_1).expect(WirePeer.ready("PULL"));
        peer.send("04 0A 05 4552524F52 03 3" + status / 100 + "3030");
        assertThat(pull.until("HANDSHAKE_FAILED_AUTH"))
            .last()
            .isEqualTo(new Told("HANDSHAKE_FAILED_AUTH", status, bound));
      }
      assertThat(pull.namesUntil("DISCONNECTED")).containsExactly("DISCONNECTED");
    }

    @ParameterizedTest
    @EnumSource
    void tellsThatThePeerWasTooSlow(Library library, NioSockets sockets, LibzmqPeer libzmq)
        throws IOException {
      Watched pull = watched(library, SocketType.PULL, Duration.ofSeconds(9), sockets, libzmq);
      if (pull instanceof NioWatched nio) {
        nio.socket().set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(100));
      } else {
        ((LibzmqWatched) pull).socket().set("HANDSHAKE_IVL", 100);
      }
      String bound = pull.end().bind(endpoint(library, Transport.TCP, sockets));
      try (WirePeer peer = WirePeer.connect(bound)) {
        List<Told> all = pull.until("DISCONNECTED");
        assertThat(all)
            .extracting(Told::event)
            .containsExactly("LISTENING", "ACCEPTED", "HANDSHAKE_FAILED_NO_DETAIL", "DISCONNECTED");
        assertThat(all.get(2).value()).isEqualTo(11); // EAGAIN
        peer.awaitClose();
      }
    }
  }
}
