package io.niomq.transport;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.testing.Octets.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Context;
import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.explain.EndpointReport;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.Sockets;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Between the threads of one context. */
class InprocTest extends TransportContract {
  @RegisterExtension
  final Sockets withoutThreads = new Sockets(() -> Context.builder().ioThreads(0).build());

  @Override
  String endpoint() {
    return Endpoints.inproc();
  }

  @Override
  String fixedEndpoint() {
    return Endpoints.inproc();
  }

  @Nested
  class Names {
    @Test
    void mayBeAnyText() {
      Socket pull = zmq.socket(PULL);
      for (String name : new String[] {"a", "#1", "with blanks and / and : and *", "é", "*"}) {
        String endpoint = "inproc://" + name;
        assertThat(pull.bind(endpoint)).isEqualTo(endpoint);
        zmq.connected(PUSH, endpoint).send(name);
        assertThat(pull.recvString()).isEqualTo(name);
      }
    }

    @Test
    void areUnboundFirstByWhoIsBoundAndConnectedThere() {
      String endpoint = Endpoints.inproc();
      Socket dealer = zmq.bound(DEALER, endpoint);
      dealer.connect(endpoint);
      dealer.unbind(endpoint);
      zmq.bound(DEALER, endpoint); // it is free again
      dealer.send("to itself");
      assertThat(dealer.recvString()).isEqualTo("to itself");
      dealer.disconnect(endpoint);
      assertThat(dealer.trySend("to nobody")).isFalse();
      assertThatThrownBy(() -> dealer.disconnect(endpoint))
          .isInstanceOf(ZmqEndpointException.class)
          .hasMessageContaining(endpoint);
    }

    @Test
    void areForgottenByTheConnectorWhenThePeerHasClosed() {
      Socket push = zmq.socket(PUSH);
      for (int i = 0; i < 100; i++) {
        String endpoint = Endpoints.inproc();
        Socket pull = zmq.bound(PULL, endpoint);
        push.connect(endpoint);
        push.send("x");
        pull.close();
        assertThatThrownBy(() -> push.disconnect(endpoint))
            .isInstanceOfSatisfying(
                ZmqEndpointException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
      }
      assertThat(push.explain().endpoints())
          .hasSizeLessThan(10)
          .allMatch(e -> e.state() == EndpointReport.State.CLOSED);
    }

    @Test
    void mayBeConnectedAgainAfterThePeerHasClosed() {
      String endpoint = Endpoints.inproc();
      Socket first = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      first.close();
      push.connect(endpoint);
      assertThat(push.explain().endpoints())
          .singleElement()
          .matches(e -> e.state() == EndpointReport.State.UNBOUND);
      Socket second = zmq.bound(PULL, endpoint);
      push.send("x");
      assertThat(second.recvString()).isEqualTo("x");
      push.disconnect(endpoint);
    }

    @Test
    void belongToOneContext() {
      String endpoint = Endpoints.inproc();
      Socket here = zmq.bound(PULL, endpoint);
      Socket there = withoutThreads.bound(PULL, endpoint);
      zmq.connected(PUSH, endpoint).send("here");
      withoutThreads.connected(PUSH, endpoint).send("there");
      assertThat(here.recvString()).isEqualTo("here");
      assertThat(there.recvString()).isEqualTo("there");
    }
  }

  @Nested
  class Threads {
    @Test
    void ofTheContextAreNotNeeded() {
      String endpoint = Endpoints.inproc();
      Socket push = withoutThreads.connected(PUSH, endpoint);
      push.send("hello");
      assertThat(withoutThreads.bound(PULL, endpoint).recvString()).isEqualTo("hello");
    }
  }

  @Nested
  class SocketTypes {
    @Test
    void ofTypesThatCannotTalkAreRefusedAtOnce() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket pub = zmq.socket(PUB);
      assertThatThrownBy(() -> pub.connect(endpoint))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining(endpoint)
          .hasMessageContaining("PUB")
          .hasMessageContaining("PULL");
      zmq.connected(PUSH, endpoint).send("still here");
      assertThat(pull.recvString()).isEqualTo("still here");
    }

    @Test
    void ofTypesThatCannotTalkAreReportedWhenTheEndpointIsBoundLater() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.connected(PUB, endpoint);
      Events events = Events.of(pub);
      Socket push = zmq.connected(PUSH, endpoint);
      Socket pull = zmq.bound(PULL, endpoint);
      assertThat(events.await(Type.HANDSHAKE_FAILED_PROTOCOL).detail())
          .contains("PUB")
          .contains("PULL");
      push.send("served");
      assertThat(pull.recvString()).isEqualTo("served");
    }

    @Test
    void thatConnectFirstAreToldEachSubscriptionOnce() {
      String endpoint = Endpoints.inproc();
      Socket sub = zmq.connected(SUB, endpoint);
      sub.subscribe("a");
      Socket xpub = zmq.socket(XPUB).set(SocketOptions.XPUB_VERBOSER, true);
      xpub.bind(endpoint);
      sub.subscribe("b");
      assertThat(xpub.recv()).isEqualTo(hex("01 61"));
      assertThat(xpub.recv()).isEqualTo(hex("01 62"));
      assertThat(xpub.tryRecv()).isNull();
    }
  }

  @Nested
  class Unbinding {
    @Test
    void onlyFreesTheName() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      push.send("before");
      pull.unbind(endpoint);
      push.send("after");
      assertThat(pull.recvString()).isEqualTo("before");
      assertThat(pull.recvString()).isEqualTo("after");
    }
  }

  @Nested
  class Lingering {
    @Test
    void doesNotConcernWhatThePeerHasAlready() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint).set(SocketOptions.LINGER, Duration.ZERO);
      for (int i = 0; i < 10; i++) {
        push.send("m" + i);
      }
      push.close();
      for (int i = 0; i < 10; i++) {
        assertThat(pull.recvString()).isEqualTo("m" + i);
      }
    }
  }
}
