package io.niomq.transport;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqEndpointException;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** RFC 23 and 37, over TCP. */
class TcpTest extends TransportContract.WithConnections {
  @Override
  String endpoint() {
    return Endpoints.TCP;
  }

  @Override
  String fixedEndpoint() {
    return Endpoints.freeTcp();
  }

  @Nested
  class Addresses {
    @Test
    void aStarIsAFreePort() {
      Socket pull = zmq.socket(PULL);
      assertThat(pull.bind("tcp://127.0.0.1:*")).matches("tcp://127\\.0\\.0\\.1:[1-9][0-9]*");
      assertThat(pull.bind("tcp://127.0.0.1:0")).matches("tcp://127\\.0\\.0\\.1:[1-9][0-9]*");
    }

    @Test
    void aStarIsEveryInterface() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind("tcp://*:*");
      assertThat(bound).startsWith("tcp://0.0.0.0:");
      zmq.connected(PUSH, "tcp://127.0.0.1:" + Endpoints.port(bound)).send("hello");
      assertThat(pull.recvString()).isEqualTo("hello");
    }

    @Test
    void anInterfaceMayBeNamed() throws SocketException {
      NetworkInterface loopback = loopback();
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind("tcp://" + loopback.getName() + ":*");
      assertThat(bound).startsWith("tcp://127.0.0.1:");
    }

    @Test
    void aHostMayBeNamed() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(Endpoints.TCP);
      zmq.connected(PUSH, "tcp://localhost:" + Endpoints.port(bound)).send("hello");
      assertThat(pull.recvString()).isEqualTo("hello");
    }

    @Test
    void aSourceMayBeGiven() {
      Socket pull = zmq.socket(PULL);
      Events events = Events.of(pull);
      String bound = pull.bind(Endpoints.TCP);
      zmq.connected(PUSH, "tcp://127.0.0.2:0;127.0.0.1:" + Endpoints.port(bound)).send("hello");
      assertThat(pull.recvString()).isEqualTo("hello");
      assertThat(events.await(Type.ACCEPTED).peer()).contains("127.0.0.2");
    }

    @Test
    @ShowsOption("ZMQ_IPV6")
    void ipv6IsAnOption() throws SocketException {
      Assumptions.assumeTrue(
          loopback().inetAddresses().anyMatch(Inet6Address.class::isInstance),
          "this machine has no IPv6 loopback address");
      Socket pull = zmq.socket(PULL).set(SocketOptions.IPV6, true);
      String bound = pull.bind("tcp://[::1]:*");
      assertThat(bound).startsWith("tcp://[::1]:");
      Socket push = zmq.socket(PUSH).set(SocketOptions.IPV6, true);
      push.connect(bound);
      push.send("hello");
      assertThat(pull.recvString()).isEqualTo("hello");
    }

    @Test
    @ShowsOption("ZMQ_IPV4ONLY")
    void ipv4OnlyIsTheOppositeOfThatOption() {
      Socket pull = zmq.socket(PULL);
      assertThat(pull.get(SocketOptions.IPV4ONLY)).isTrue();
      assertThatThrownBy(() -> pull.bind("tcp://[::1]:*"))
          .isInstanceOfSatisfying(
              ZmqEndpointException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV));
      pull.set(SocketOptions.IPV4ONLY, false);
      assertThat(pull.get(SocketOptions.IPV6)).isTrue();
      pull.set(SocketOptions.IPV6, false);
      assertThat(pull.get(SocketOptions.IPV4ONLY)).isTrue();
    }

    @Test
    void ipv6AcceptsBothFamilies() throws SocketException {
      Assumptions.assumeTrue(
          loopback().inetAddresses().anyMatch(Inet6Address.class::isInstance),
          "this machine has no IPv6 loopback address");
      Socket pull = zmq.socket(PULL).set(SocketOptions.IPV6, true);
      String bound = pull.bind("tcp://*:*");
      assertThat(bound).startsWith("tcp://[::]:");
      zmq.connected(PUSH, "tcp://127.0.0.1:" + Endpoints.port(bound)).send("four");
      assertThat(pull.recvString()).isEqualTo("four");
      Socket six = zmq.socket(PUSH).set(SocketOptions.IPV6, true);
      six.connect("tcp://[::1]:" + Endpoints.port(bound));
      six.send("six");
      assertThat(pull.recvString()).isEqualTo("six");
    }

    private NetworkInterface loopback() throws SocketException {
      return NetworkInterface.networkInterfaces()
          .filter(nic -> nic.inetAddresses().anyMatch(a -> a.getHostAddress().equals("127.0.0.1")))
          .findFirst()
          .orElseThrow();
    }
  }

  @Nested
  class Ports {
    @Test
    void inUseByAnotherProgramAreRefused() {
      try (RawPeer.Listener other = RawPeer.listen()) {
        Socket pull = zmq.socket(PULL);
        assertThatThrownBy(() -> pull.bind(other.endpoint()))
            .isInstanceOfSatisfying(
                ZmqEndpointException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE));
      }
    }

    @Test
    void mayBeBoundAgainAtOnceAfterConnections() {
      String endpoint = Endpoints.freeTcp();
      for (int i = 0; i < 3; i++) {
        Socket pull = zmq.bound(PULL, endpoint);
        try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
          push.sendMessage("hello");
          assertThat(pull.recvString()).isEqualTo("hello");
          pull.close();
        }
      }
    }
  }

  @Nested
  class Connections {
    @Test
    void areTriedAgainUntilSomebodyListens() {
      String endpoint = Endpoints.freeTcp();
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(5));
      Events events = Events.of(push);
      push.connect(endpoint);
      events.await(Type.CONNECT_RETRIED, 3);
      push.send("patience");
      assertThat(zmq.bound(PULL, endpoint).recvString()).isEqualTo("patience");
    }

    @Test
    void toANameThatCannotBeResolvedAreTriedAgain() {
      Socket push = zmq.socket(PUSH).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(5));
      Events events = Events.of(push);
      push.connect("tcp://no-such-host.invalid:5555");
      events.await(Type.CONNECT_RETRIED, 2);
    }
  }
}
