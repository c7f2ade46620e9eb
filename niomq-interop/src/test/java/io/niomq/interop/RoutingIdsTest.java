package io.niomq.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqUnroutableException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Routing ids, probes and request ids. RFC 28; sections of zmq_setsockopt that concern ROUTER and
 * REQ.
 */
@ExtendWith({NioMq.class, Libzmq.class})
class RoutingIdsTest {

  private static byte[] longestId() {
    byte[] id = new byte[255];
    Arrays.fill(id, (byte) 0xF0);
    id[7] = 0;
    return id;
  }

  private static void assertMadeUp(byte[] id) {
    assertThat(id).hasSize(5).startsWith(0);
  }

  @Nested
  class ChosenByThePeer {
    @ParameterizedTest
    @EnumSource
    void areSeenByOurRouter(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      End router = sockets.end(SocketType.ROUTER);
      LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
      dealer.name("their dealer");
      sockets.join(transport, router, dealer);
      dealer.send("hello");
      assertThat(router.recv()).isEqualTo(Message.of("their dealer", "hello"));
      router.send("their dealer", "", "back");
      assertThat(dealer.recv()).isEqualTo(Message.of("", "back"));
    }

    @ParameterizedTest
    @EnumSource
    void areSeenByTheirRouter(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
      End dealer = sockets.end(SocketType.DEALER);
      dealer.name("our dealer");
      End router = libzmq.socket(SocketType.ROUTER);
      sockets.join(transport, router, dealer);
      dealer.send("hello");
      assertThat(router.recv()).isEqualTo(Message.of("our dealer", "hello"));
      router.send("our dealer", "", "back");
      assertThat(dealer.recv()).isEqualTo(Message.of("", "back"));
    }

    @Test
    void mayBeBinaryAndLong(NioSockets sockets, LibzmqPeer libzmq) {
      End router = sockets.end(SocketType.ROUTER);
      LibzmqSocket theirs = libzmq.socket(SocketType.DEALER).set("ROUTING_ID", longestId());
      sockets.join(Transport.TCP, router, theirs);
      theirs.send("x");
      assertThat(router.recv()).isEqualTo(Message.of(longestId(), new byte[] {'x'}));

      End theirRouter = libzmq.socket(SocketType.ROUTER);
      Socket ours = sockets.open(SocketType.DEALER).set(SocketOptions.ROUTING_ID, longestId());
      sockets.join(Transport.TCP, theirRouter, new NioSocket(ours));
      ours.send("x");
      assertThat(theirRouter.recv()).isEqualTo(Message.of(longestId(), new byte[] {'x'}));
    }

    @Test
    void ofARequestAreTheFirstFrame(NioSockets sockets, LibzmqPeer libzmq) {
      End router = sockets.end(SocketType.ROUTER);
      LibzmqSocket req = libzmq.socket(SocketType.REQ);
      req.name("client");
      sockets.join(Transport.TCP, router, req);
      req.send("a", "b");
      assertThat(router.recv()).isEqualTo(Message.of("client", "", "a", "b"));
    }
  }

  @Nested
  class MadeUp {
    @Test
    void byOurRouterAreDistinct(NioSockets sockets, LibzmqPeer libzmq) {
      End router = sockets.end(SocketType.ROUTER);
      String endpoint = sockets.bind(Transport.TCP, router);
      byte[][] ids = new byte[3][];
      End[] dealers = new End[ids.length];
      for (int i = 0; i < ids.length; i++) {
        dealers[i] = libzmq.socket(SocketType.DEALER);
        dealers[i].connect(endpoint);
        dealers[i].send("I am " + i);
        Message message = router.recv();
        ids[i] = message.removeFirst();
        assertMadeUp(ids[i]);
        assertThat(message).isEqualTo(Message.of("I am " + i));
      }
      for (int i = 0; i < ids.length; i++) {
        router.send(Message.of("you are " + i).addFirst(ids[i]));
      }
      for (int i = 0; i < ids.length; i++) {
        assertThat(dealers[i].recv()).isEqualTo(Message.of("you are " + i));
      }
    }

    @Test
    void byTheirRouterWorkForOurDealer(NioSockets sockets, LibzmqPeer libzmq) {
      End router = libzmq.socket(SocketType.ROUTER);
      End dealer = sockets.end(SocketType.DEALER);
      sockets.join(Transport.TCP, router, dealer);
      dealer.send("hello");
      Message message = router.recv();
      byte[] id = message.removeFirst();
      assertMadeUp(id);
      router.send(Message.of("back").addFirst(id));
      assertThat(dealer.recv()).isEqualTo(Message.of("back"));
    }
  }

  @Nested
  class Mandatory {
    @Test
    void refusesAnUnknownPeerUntilItIsThere(NioSockets sockets, LibzmqPeer libzmq) {
      Socket router = sockets.open(SocketType.ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
      String endpoint = router.bind(sockets.endpoint(Transport.TCP));
      assertThatThrownBy(() -> router.send(Message.of("late", "hello")))
          .isInstanceOf(ZmqUnroutableException.class);
      Events events = Events.of(router);
      End dealer = libzmq.socket(SocketType.DEALER);
      dealer.name("late");
      dealer.connect(endpoint);
      events.await(SocketEvent.Type.HANDSHAKE_SUCCEEDED);
      Exchange.until(() -> new NioSocket(router).trySend(Message.of("late", "hello")));
      assertThat(dealer.recv()).isEqualTo(Message.of("hello"));
    }

    @Test
    void refusesAPeerThatIsGone(NioSockets sockets, LibzmqPeer libzmq) {
      Socket router = sockets.open(SocketType.ROUTER).set(SocketOptions.ROUTER_MANDATORY, true);
      LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
      dealer.name("short-lived");
      sockets.join(Transport.TCP, new NioSocket(router), dealer);
      dealer.send("hello");
      assertThat(router.recvMessage()).isEqualTo(Message.of("short-lived", "hello"));
      dealer.close(0);
      Exchange.until(() -> !new NioSocket(router).trySend(Message.of("short-lived", "?")));
    }

    @Test
    void ofTheirsFindsOurDealer(NioSockets sockets, LibzmqPeer libzmq) {
      End router = libzmq.socket(SocketType.ROUTER);
      router.mandatory();
      assertThat(router.trySend(Message.of("ours", "hello"))).isFalse();
      End dealer = sockets.end(SocketType.DEALER);
      dealer.name("ours");
      sockets.join(Transport.TCP, router, dealer);
      Exchange.until(() -> router.trySend(Message.of("ours", "hello")));
      assertThat(dealer.recv()).isEqualTo(Message.of("hello"));
    }
  }

  @Nested
  class InUseAlready {
    @Test
    void stayWithTheFirstPeer(NioSockets sockets, LibzmqPeer libzmq) {
      Socket router = sockets.open(SocketType.ROUTER);
      String endpoint = router.bind(sockets.endpoint(Transport.TCP));
      LibzmqSocket first = named(libzmq, "twin", endpoint);
      first.send("first");
      assertThat(router.recvMessage()).isEqualTo(Message.of("twin", "first"));
      Events events = Events.of(router);
      LibzmqSocket second = named(libzmq, "twin", endpoint);
      second.trySend(Message.of("second")); // fails when it was closed already
      // libzmq leaves the newcomer connected but mute, NioMQ may close it: it delivers nothing.
      events.await(SocketEvent.Type.ACCEPTED);
      for (int i = 0; i < 50; i++) {
        first.send("again " + i);
        assertThat(router.recvMessage()).isEqualTo(Message.of("twin", "again " + i));
        router.send(Message.of("twin", "to the first"));
        assertThat(first.recv()).isEqualTo(Message.of("to the first"));
      }
      assertThat(second.recv(Duration.ZERO)).isNull();
    }

    @Test
    void goToTheNewcomerWithHandover(NioSockets sockets, LibzmqPeer libzmq) {
      Socket router = sockets.open(SocketType.ROUTER).set(SocketOptions.ROUTER_HANDOVER, true);
      String endpoint = router.bind(sockets.endpoint(Transport.TCP));
      LibzmqSocket first = named(libzmq, "twin", endpoint);
      first.send("first");
      assertThat(router.recvMessage()).isEqualTo(Message.of("twin", "first"));
      LibzmqSocket second = named(libzmq, "twin", endpoint);
      second.send("second");
      assertThat(router.recvMessage()).isEqualTo(Message.of("twin", "second"));
      router.send(Message.of("twin", "to the second"));
      assertThat(second.recv()).isEqualTo(Message.of("to the second"));
    }

    @Test
    void inTheirRouterDoNotHurtOurFirst(NioSockets sockets, LibzmqPeer libzmq) {
      End router = libzmq.socket(SocketType.ROUTER);
      String endpoint = sockets.bind(Transport.TCP, router);
      End first = sockets.end(SocketType.DEALER);
      first.name("twin");
      first.connect(endpoint);
      first.send("first");
      assertThat(router.recv()).isEqualTo(Message.of("twin", "first"));
      End second = sockets.end(SocketType.DEALER);
      second.name("twin");
      second.connect(endpoint);
      second.send("second");
      first.send("again");
      assertThat(router.recv()).isEqualTo(Message.of("twin", "again"));
      router.send("twin", "back");
      assertThat(first.recv()).isEqualTo(Message.of("back"));
    }

    private static LibzmqSocket named(LibzmqPeer libzmq, String id, String endpoint) {
      LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
      dealer.name(id);
      dealer.set("RECONNECT_IVL", -1); // or two would take the id from each other in turns
      dealer.connect(endpoint);
      return dealer;
    }
  }

  @Nested
  class Probes {
    @ParameterizedTest
    @EnumSource(names = {"DEALER", "ROUTER", "REQ"})
    void ofTheirsReachOurRouter(SocketType type, NioSockets sockets, LibzmqPeer libzmq) {
      End router = sockets.end(SocketType.ROUTER);
      LibzmqSocket prober = libzmq.socket(type).set("PROBE_ROUTER", 1);
      prober.name("prober");
      sockets.join(Transport.TCP, router, prober);
      prober.poke();
      assertThat(router.recv()).isEqualTo(Message.of("prober", ""));
    }

    @ParameterizedTest
    @EnumSource(names = {"DEALER", "ROUTER", "REQ"})
    void ofOursReachTheirRouter(SocketType type, NioSockets sockets, LibzmqPeer libzmq) {
      End router = libzmq.socket(SocketType.ROUTER);
      Socket prober = sockets.open(type).set(SocketOptions.PROBE_ROUTER, true);
      prober.set(SocketOptions.ROUTING_ID, "prober".getBytes(UTF_8));
      sockets.join(Transport.TCP, router, new NioSocket(prober));
      assertThat(router.recv()).isEqualTo(Message.of("prober", ""));
    }

    @Test
    void areSentByTheSideThatBindsToo(NioSockets sockets, LibzmqPeer libzmq) {
      Socket prober = sockets.open(SocketType.DEALER).set(SocketOptions.PROBE_ROUTER, true);
      prober.set(SocketOptions.ROUTING_ID, "prober".getBytes(UTF_8));
      End router = libzmq.socket(SocketType.ROUTER);
      sockets.join(Transport.TCP, new NioSocket(prober), router);
      assertThat(router.recv()).isEqualTo(Message.of("prober", ""));
    }
  }

  @Nested
  class RequestIds {
    @Test
    void ofOursComeBackFromTheirRep(NioSockets sockets, LibzmqPeer libzmq) {
      Socket req = sockets.open(SocketType.REQ).set(SocketOptions.REQ_CORRELATE, true);
      End rep = libzmq.socket(SocketType.REP);
      sockets.join(Transport.TCP, rep, new NioSocket(req));
      for (int i = 0; i < 3; i++) {
        req.send("question " + i);
        assertThat(rep.recv()).isEqualTo(Message.of("question " + i));
        rep.send("answer " + i);
        assertThat(req.recvMessage()).isEqualTo(Message.of("answer " + i));
      }
    }

    @Test
    void ofTheirsComeBackFromOurRep(NioSockets sockets, LibzmqPeer libzmq) {
      LibzmqSocket req = libzmq.socket(SocketType.REQ).set("REQ_CORRELATE", 1);
      End rep = sockets.end(SocketType.REP);
      sockets.join(Transport.TCP, rep, req);
      for (int i = 0; i < 3; i++) {
        req.send("question " + i);
        assertThat(rep.recv()).isEqualTo(Message.of("question " + i));
        rep.send("answer " + i);
        assertThat(req.recv()).isEqualTo(Message.of("answer " + i));
      }
    }

    @Test
    void areFourOctetsAndChange(NioSockets sockets, LibzmqPeer libzmq) {
      Socket req = sockets.open(SocketType.REQ).set(SocketOptions.REQ_CORRELATE, true);
      req.set(SocketOptions.ROUTING_ID, "us".getBytes(UTF_8));
      End router = libzmq.socket(SocketType.ROUTER);
      sockets.join(Transport.TCP, router, new NioSocket(req));
      byte[] last = {};
      for (int i = 0; i < 3; i++) {
        req.send("question");
        Message request = router.recv();
        byte[] id = request.bytes(1);
        assertThat(request)
            .isEqualTo(
                Message.of("us".getBytes(UTF_8), id, new byte[0], "question".getBytes(UTF_8)));
        assertThat(id).hasSize(4).isNotEqualTo(last);
        last = id;
        byte[] other = {id[0], id[1], id[2], (byte) ~id[3]};
        router.send(Message.of("", "answer to something else").addFirst(other).addFirst("us"));
        router.send(Message.of("us".getBytes(UTF_8), id, new byte[0], "answer".getBytes(UTF_8)));
        assertThat(req.recvMessage()).isEqualTo(Message.of("answer"));
      }
    }

    @Test
    void tellALateReplyFromTheRightOne(NioSockets sockets, LibzmqPeer libzmq) {
      Socket req =
          sockets
              .open(SocketType.REQ)
              .set(SocketOptions.REQ_CORRELATE, true)
              .set(SocketOptions.REQ_RELAXED, true);
      End router = libzmq.socket(SocketType.ROUTER);
      sockets.join(Transport.TCP, router, new NioSocket(req));
      req.send("first");
      Message first = router.recv();
      req.send("second");
      Message second = router.recv();
      assertThat(first.string(3)).isEqualTo("first");
      assertThat(second.string(3)).isEqualTo("second");
      router.send(first);
      router.send(second);
      assertThat(req.recvMessage()).isEqualTo(Message.of("second"));
    }
  }
}
