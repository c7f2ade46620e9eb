package io.niomq.explain;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PAIR;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.STREAM;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.SocketType.XSUB;
import static io.niomq.testing.Octets.join;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Context;
import io.niomq.DropReason;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqStateException;
import io.niomq.ZmqTerminatedException;
import io.niomq.ZmqTimeoutException;
import io.niomq.ZmqUnroutableException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The chart at the end of the Guide's chapter 2, for solving missing messages: each cause is
 * provoked, and {@link Socket#explain} says it in a sentence.
 */
@ExtendWith(NoLeaks.class)
class MissingMessagesTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  /** What the socket says of the cause, once it does. */
  private static String says(Socket socket, Cause cause) {
    return Await.value(
        cause + " is found in " + socket.explain(), () -> sentence(socket.explain(), cause));
  }

  private static String sentence(SocketReport report, Cause cause) {
    return report.findings().stream()
        .filter(f -> f.cause() == cause)
        .map(Finding::sentence)
        .findFirst()
        .orElse(null);
  }

  private static void isSilentOn(Socket socket, Cause... causes) {
    assertThat(socket.explain().findings()).extracting(Finding::cause).doesNotContain(causes);
  }

  @Nested
  class AllIsWell {
    @Test
    void soThereIsNothingToSay() {
      String endpoint = Endpoints.inproc();
      Socket rep = zmq.bound(REP, endpoint);
      Socket req = zmq.connected(REQ, endpoint);
      req.send("q");
      rep.recv();
      rep.send("a");
      req.recv();
      assertThat(req.explain().findings()).isEmpty();
      assertThat(rep.explain().findings()).isEmpty();
    }

    @Test
    void overTcpToo() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      push.send("x");
      pull.recv();
      assertThat(push.explain().findings()).isEmpty();
      assertThat(pull.explain().findings()).isEmpty();
    }
  }

  /** "Did you set a subscription for messages?" */
  @Nested
  class Subscriptions {
    @Test
    void noneAtAll() {
      Socket sub = zmq.connected(SUB, Endpoints.inproc());
      assertThat(says(sub, Cause.NO_SUBSCRIPTION)).startsWith("SUB has no subscription");
      sub.subscribe("a");
      isSilentOn(sub, Cause.NO_SUBSCRIPTION);
    }

    @Test
    void noneAtAllOfAnXSub() {
      Socket xsub = zmq.connected(XSUB, Endpoints.inproc());
      assertThat(says(xsub, Cause.NO_SUBSCRIPTION)).startsWith("XSUB has no subscription");
    }

    @Test
    void noneAtAllSeenByThePublisher() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      zmq.connected(SUB, endpoint);
      assertThat(says(pub, Cause.PEER_WITHOUT_SUBSCRIPTION))
          .startsWith("SUB at inproc has no subscription");
    }

    @Test
    void noneThatMatches() {
      Socket xpub = zmq.socket(XPUB);
      String endpoint = xpub.bind(Endpoints.TCP);
      Socket sub = zmq.socket(SUB).subscribe("weather");
      sub.connect(endpoint);
      xpub.recv();
      xpub.send("sports");
      xpub.send("traffic");
      assertThat(says(xpub, Cause.NO_SUBSCRIPTION_MATCHED))
          .startsWith("2 messages were dropped")
          .contains("the 1 connected peer", "\"weather\"");
      assertThat(says(sub, Cause.NOTHING_RECEIVED))
          .contains("1 publisher", "begins with \"weather\"");
      xpub.send("weather: fine");
      sub.recv();
      isSilentOn(sub, Cause.NOTHING_RECEIVED);
      isSilentOn(xpub, Cause.PUBLISHED_TOO_EARLY, Cause.JOINED_LATE);
    }
  }

  /** "Did you start the SUB after the PUB? … slow joiner" */
  @Nested
  class SlowJoiner {
    @Test
    void publishedBeforeTheBind() {
      Socket pub = zmq.socket(PUB);
      pub.send("1");
      pub.send("2");
      pub.send("3");
      pub.bind(Endpoints.inproc());
      assertThat(says(pub, Cause.BOUND_TOO_LATE))
          .startsWith("bound after 3 messages were published");
      isSilentOn(pub, Cause.PUBLISHED_TOO_EARLY);
    }

    @Test
    void waitingForSubscribersIsNotPublishing() {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      assertThat(pub.awaitSubscribers("topic", 1, Duration.ofMillis(1))).isFalse();
      isSilentOn(pub, Cause.PUBLISHED_TOO_EARLY);
    }

    @Test
    void publishedBeforeAnybodyWasConnected() {
      Socket pub = zmq.bound(PUB, Endpoints.inproc());
      pub.send("1");
      assertThat(says(pub, Cause.PUBLISHED_TOO_EARLY))
          .startsWith("1 message was published before anybody was connected");
      isSilentOn(pub, Cause.BOUND_TOO_LATE, Cause.NO_SUBSCRIPTION_MATCHED);
    }

    @Test
    void publishedBeforeTheFirstSubscription() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      pub.send("1");
      pub.send("2");
      Socket sub = zmq.socket(SUB).subscribe("");
      sub.connect(endpoint);
      pub.send("3");
      assertThat(sub.recvString()).isEqualTo("3");
      assertThat(says(pub, Cause.PUBLISHED_TOO_EARLY))
          .startsWith("2 messages were published before the first subscription had come");
      isSilentOn(pub, Cause.NO_SUBSCRIPTION_MATCHED, Cause.JOINED_LATE);
    }

    @Test
    void publishedAfterTheLastSubscriberHadGone() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Socket sub = zmq.socket(SUB).subscribe("");
      sub.connect(endpoint);
      pub.send("1");
      sub.close();
      pub.send("2");
      assertThat(says(pub, Cause.NO_SUBSCRIPTION_MATCHED))
          .startsWith("1 message was dropped after the first subscription had come")
          .endsWith("now nobody is connected");
      isSilentOn(pub, Cause.PUBLISHED_TOO_EARLY);
    }

    @Test
    void joinedLate() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.bound(PUB, endpoint);
      Socket early = zmq.socket(SUB).subscribe("");
      early.connect(endpoint);
      pub.send("1");
      pub.send("2");
      Socket late = zmq.socket(SUB).subscribe("");
      late.connect(endpoint);
      assertThat(says(pub, Cause.JOINED_LATE)).contains("subscribed after 2 messages were");
      assertThat(pub.explain().findings()).hasSize(1);
    }
  }

  /** "Are you losing messages under load? See high-water marks." */
  @Nested
  class Load {
    @Test
    void aSubscriberThatReadsTooSlowly() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.limited(PUB, 1, 0);
      pub.bind(endpoint);
      Socket sub = zmq.limited(SUB, 0, 1).subscribe("");
      sub.connect(endpoint);
      for (int i = 0; i < 5; i++) {
        pub.send("m" + i);
      }
      assertThat(says(pub, Cause.SLOW_PEER))
          .startsWith("3 messages were dropped at the high-water mark of 2")
          .endsWith("reads more slowly than you publish");
      assertThat(says(sub, Cause.UNREAD))
          .startsWith("2 messages of PUB at inproc wait here to be received")
          .endsWith("no thread is in recv");
    }

    @Test
    void onlyTheSlowSubscriberIsNamed() {
      Socket xpub = zmq.limited(XPUB, 10, 0).set(SocketOptions.SNDBUF, 8192);
      String endpoint = xpub.bind(Endpoints.TCP);
      String quickEndpoint = xpub.bind(Endpoints.inproc());
      Socket quick = zmq.limited(SUB, 0, 0).subscribe("");
      quick.connect(quickEndpoint);
      xpub.recv();
      try (RawPeer slow = RawPeer.connect(endpoint).withSmallWindow().handshake("SUB")) {
        slow.send("00 01 01");
        Await.until("subscribed", () -> subscribers(xpub) == 2);
        byte[] large = new byte[1 << 20];
        Await.until(
            "drops",
            () -> {
              xpub.send(large);
              quick.recv();
              return sentence(xpub.explain(), Cause.SLOW_PEER) != null;
            });
        SocketReport report = xpub.explain();
        assertThat(report.findings()).filteredOn(f -> f.cause() == Cause.SLOW_PEER).hasSize(1);
        assertThat(report.peers())
            .filteredOn(p -> !p.drops().isEmpty())
            .singleElement()
            .satisfies(p -> assertThat(p.address()).contains("127.0.0.1"));
      }
    }

    @Test
    void aSlowSubscriberThatIsGoneByNow() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.limited(PUB, 1, 0);
      pub.bind(endpoint);
      Socket sub = zmq.limited(SUB, 0, 1).subscribe("");
      sub.connect(endpoint);
      for (int i = 0; i < 5; i++) {
        pub.send("m" + i);
      }
      sub.close();
      assertThat(says(pub, Cause.SLOW_PEER))
          .isEqualTo(
              "3 messages were dropped at the high-water mark of 2: SUB at inproc, which is gone by"
                  + " now, reads more slowly than you publish");
      pub.close();
      assertThat(zmq.context().explain().findings())
          .filteredOn(f -> f.sentence().contains("high-water mark"))
          .singleElement()
          .asString()
          .startsWith("3 messages were dropped");
    }

    @Test
    void manySlowSubscribersThatAreGoneByNow() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.limited(PUB, 1, 0);
      pub.bind(endpoint);
      for (int i = 0; i < 20; i++) {
        Socket sub = zmq.limited(SUB, 0, 1).subscribe("");
        sub.connect(endpoint);
        pub.send("1");
        pub.send("2");
        pub.send("3");
        sub.close();
      }
      assertThat(pub.explain().gonePeers()).hasSize(8);
      assertThat(pub.explain().findings())
          .filteredOn(f -> f.cause() == Cause.SLOW_PEER)
          .hasSize(5)
          .last()
          .asString()
          .startsWith("12 messages were dropped at the high-water mark: other peers that are gone");
    }

    @Test
    void ofManySlowSubscribersAFewAreNamed() {
      String endpoint = Endpoints.inproc();
      Socket pub = zmq.limited(PUB, 1, 0);
      pub.bind(endpoint);
      for (int i = 0; i < 20; i++) {
        zmq.limited(SUB, 0, 1).subscribe("").connect(endpoint);
      }
      for (int i = 0; i < 4; i++) {
        pub.send("m" + i);
      }
      assertThat(pub.explain().findings())
          .filteredOn(f -> f.cause() == Cause.SLOW_PEER)
          .hasSize(4)
          .last()
          .asString()
          .isEqualTo(
              "34 messages were dropped because 17 more peers read more slowly than you publish");
    }

    private long subscribers(Socket xpub) {
      return xpub.explain().peers().stream().filter(p -> p.subscriptions() > 0).count();
    }

    @Test
    void aSenderThatWaitsForRoom() {
      String endpoint = Endpoints.inproc();
      zmq.limited(PULL, 0, 1).bind(endpoint);
      Socket push = zmq.limited(PUSH, 1, 0);
      push.connect(endpoint);
      push.send("1");
      push.send("2");
      Task<Void> third = Task.run(() -> push.send("3")).untilWaiting();
      assertThat(says(push, Cause.SEND_WAITS))
          .isEqualTo("a thread waits in send: every peer's queue is at its high-water mark");
      assertThat(push.explain().peers().get(0).out().full()).isTrue();
      push.close();
      assertThat(third.failure()).isInstanceOf(ZmqClosedException.class);
    }

    @Test
    void aSenderThatWaitsForAPeer() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Task<Void> send = Task.run(() -> push.send("1")).untilWaiting();
      assertThat(says(push, Cause.SEND_WAITS)).endsWith("there is no peer");
      push.close();
      assertThat(send.failure()).isInstanceOf(ZmqClosedException.class);
    }
  }

  /** "Are you using REQ and REP? Keep the order, check what comes back." */
  @Nested
  class Turns {
    @Test
    void ofAReq() {
      Socket req = zmq.connected(REQ, Endpoints.inproc());
      assertThatThrownBy(req::recv).isInstanceOf(ZmqStateException.class);
      req.send("1");
      assertThatThrownBy(() -> req.send("2")).isInstanceOf(ZmqStateException.class);
      assertThat(says(req, Cause.OUT_OF_TURN))
          .startsWith("2 calls were refused (EFSM): REQ sends and receives strictly in turn");
    }

    @Test
    void ofARep() {
      Socket rep = zmq.bound(REP, Endpoints.inproc());
      assertThatThrownBy(() -> rep.send("1")).isInstanceOf(ZmqStateException.class);
      assertThat(says(rep, Cause.OUT_OF_TURN)).startsWith("1 call was refused (EFSM): REP");
    }

    @Test
    void aReplyThatCannotCome() {
      Socket req = zmq.socket(REQ);
      Events events = Events.of(req);
      String endpoint = req.bind(Endpoints.TCP);
      try (RawPeer rep = RawPeer.connect(endpoint).handshake("REP")) {
        events.await(Type.HANDSHAKE_SUCCEEDED);
        req.send("q");
        rep.read(5);
        assertThat(req.explain().turn()).isEqualTo(Turn.RECEIVE);
      }
      assertThat(says(req, Cause.REPLY_LOST)).contains("REQ waits for a reply that cannot come");
    }

    @Test
    void aReplyThatCannotComeAfterAReconnect() {
      String endpoint = Endpoints.freeTcp();
      Socket req = zmq.connected(REQ, endpoint);
      try (Socket rep = zmq.bound(REP, endpoint)) {
        req.send("q");
        rep.recv();
      }
      Socket next = zmq.bound(REP, endpoint);
      Await.until("reconnected", () -> next.explain().peers().size() == 1);
      assertThat(says(req, Cause.REPLY_LOST)).contains("ZMQ_REQ_RELAXED");
    }

    @Test
    void anAskerThatIsGone() {
      Socket rep = zmq.socket(REP);
      String endpoint = rep.bind(Endpoints.TCP);
      try (RawPeer req = RawPeer.connect(endpoint).handshake("REQ")) {
        req.send("01 00 00 01 71");
        rep.recv();
      }
      assertThat(says(rep, Cause.ASKER_GONE)).contains("gets no reply");
      rep.send("x");
      assertThat(says(rep, Cause.DROPPED))
          .startsWith("1 message was dropped, because the peer is gone");
    }

    @Test
    void aRequestWithoutADelimiter() {
      String endpoint = Endpoints.inproc();
      Socket rep = zmq.bound(REP, endpoint);
      zmq.connected(DEALER, endpoint).send("no delimiter");
      assertThat(rep.tryRecv()).isNull();
      assertThat(says(rep, Cause.DROPPED))
          .startsWith("1 message was dropped")
          .contains("delimiter", "DEALER");
    }

    @Test
    void aReplyThatComesTooLate() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.bound(ROUTER, endpoint);
      Socket req = zmq.connected(REQ, endpoint).set(SocketOptions.REQ_RELAXED, true);
      req.send("1");
      router.send(router.recvMessage());
      req.send("2");
      assertThat(says(req, Cause.DROPPED)).contains("the request was no longer open");
    }
  }

  /** "Are you using PUSH sockets? The first PULL to connect grabs more than its share." */
  @Nested
  class Shares {
    @Test
    void anEarlyWorkerGetsAll() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.bound(PUSH, endpoint);
      zmq.connected(PULL, endpoint);
      for (int i = 0; i < 100; i++) {
        push.send("task");
      }
      zmq.connected(PULL, endpoint);
      assertThat(says(push, Cause.UNEVEN))
          .contains("got 100 of 100 messages, although there are 2 peers");
    }

    @Test
    void fairSharesAreNotMentioned() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.bound(PUSH, endpoint);
      zmq.connected(PULL, endpoint);
      zmq.connected(PULL, endpoint);
      for (int i = 0; i < 100; i++) {
        push.send("task");
      }
      assertThat(push.explain().findings()).isEmpty();
    }

    @Test
    void aShareForAPeerThatIsNotThere() {
      String endpoint = Endpoints.inproc();
      zmq.bound(PULL, endpoint);
      String dead = Endpoints.freeTcp();
      Socket push = zmq.connected(PUSH, endpoint);
      push.connect(dead);
      for (int i = 0; i < 10; i++) {
        push.send("task");
      }
      assertThat(says(push, Cause.STUCK))
          .startsWith("5 messages wait for " + dead)
          .contains("ZMQ_IMMEDIATE");
    }
  }

  /** "Do you check what each call returns?" */
  @Nested
  class Calls {
    @Test
    void thatWouldHaveHadToWait() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      assertThat(push.trySend("1")).isFalse();
      assertThat(push.send("2", Duration.ofMillis(1))).isFalse();
      assertThat(says(push, Cause.WOULD_WAIT)).startsWith("2 calls were refused (EAGAIN)");
    }

    @Test
    void afterTheClose() {
      Socket push = zmq.socket(PUSH);
      push.close();
      assertThatThrownBy(() -> push.send("1")).isInstanceOf(ZmqClosedException.class);
      assertThat(says(push, Cause.USED_AFTER_CLOSE)).startsWith("1 call was refused (ENOTSOCK)");
    }

    @Test
    void afterTheShutdown() {
      Socket push = zmq.socket(PUSH);
      zmq.context().shutdown();
      assertThatThrownBy(() -> push.send("1")).isInstanceOf(ZmqTerminatedException.class);
      assertThat(says(push, Cause.USED_AFTER_SHUTDOWN)).contains("refused (ETERM)");
    }

    @Test
    void thatWouldHaveHadToWaitForTheFirstFrame() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.limited(ROUTER, 1, 0).set(SocketOptions.ROUTER_MANDATORY, true);
      router.bind(endpoint);
      Socket dealer = zmq.limited(DEALER, 0, 1);
      dealer.set(SocketOptions.ROUTING_ID, "bob".getBytes(StandardCharsets.UTF_8));
      dealer.connect(endpoint);
      router.send(Message.of("bob", "1"));
      router.send(Message.of("bob", "2"));
      router.set(SocketOptions.SNDTIMEO, Duration.ZERO);
      assertThatThrownBy(() -> router.sendMore("bob")).isInstanceOf(ZmqTimeoutException.class);
      assertThat(says(router, Cause.WOULD_WAIT)).startsWith("1 call was refused (EAGAIN)");
    }

    @Test
    void thatDoNotFinishTheMessage() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      push.sendMore("begun");
      push.close();
      assertThat(says(push, Cause.DROPPED)).contains("before the last frame");
    }
  }

  /** "Are you using the inproc transport? Check the context." */
  @Nested
  class Inproc {
    @Test
    void neverBound() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.connected(PUSH, endpoint);
      assertThat(says(push, Cause.INPROC_NOT_BOUND))
          .startsWith("nobody has bound " + endpoint + " in this context");
      zmq.bound(PULL, endpoint);
      isSilentOn(push, Cause.INPROC_NOT_BOUND);
    }

    @Test
    void boundInAnotherContext() {
      String endpoint = Endpoints.inproc();
      try (Context other = Context.create();
          Socket pull = other.socket(PULL)) {
        pull.bind(endpoint);
        Socket push = zmq.connected(PUSH, endpoint);
        assertThat(says(push, Cause.INPROC_OTHER_CONTEXT))
            .startsWith(endpoint + " is bound in another context of this process");
      }
    }

    @Test
    void boundByAnIncompatibleType() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.connected(PUSH, endpoint);
      push.send("1");
      Socket sub = zmq.bound(SUB, endpoint);
      assertThat(says(push, Cause.INCOMPATIBLE_PEER)).contains("a SUB, which a PUSH cannot talk");
      assertThat(says(sub, Cause.INCOMPATIBLE_PEER)).contains("a SUB, which a PUSH cannot talk");
      assertThat(says(push, Cause.DROPPED)).contains("the handshake with the peer failed");
      isSilentOn(push, Cause.DISCONNECTED);
    }

    @Test
    void closedByTheOtherSide() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      pull.close();
      assertThat(says(push, Cause.DISCONNECTED)).contains(endpoint + " was closed");
    }
  }

  /** "Are you using ROUTER? Check the address; identities; duplicates." */
  @Nested
  class Routing {
    @Test
    void anUnknownRoutingId() {
      Socket router = zmq.bound(ROUTER, Endpoints.inproc());
      router.send(Message.of("bob", "x"));
      assertThat(says(router, Cause.UNROUTABLE))
          .startsWith("1 message was dropped")
          .contains("\"bob\"", "ZMQ_ROUTER_MANDATORY");
    }

    @Test
    void anUnknownRoutingIdOfAMandatoryRouter() {
      Socket router = zmq.bound(ROUTER, Endpoints.inproc());
      router.set(SocketOptions.ROUTER_MANDATORY, true);
      assertThatThrownBy(() -> router.send(Message.of("bob", "x")))
          .isInstanceOf(ZmqUnroutableException.class);
      assertThat(says(router, Cause.UNROUTABLE)).contains("EHOSTUNREACH", "\"bob\"");
    }

    @Test
    void anUnknownRoutingIdOfAStream() {
      Socket stream = zmq.socket(STREAM);
      assertThatThrownBy(() -> stream.send(Message.of("bob", "x")))
          .isInstanceOf(ZmqUnroutableException.class);
      assertThat(says(stream, Cause.UNROUTABLE)).contains("EHOSTUNREACH", "\"bob\"");
    }

    @Test
    void aMessageWithoutABody() {
      Socket router = zmq.bound(ROUTER, Endpoints.inproc());
      router.send("alone");
      assertThat(says(router, Cause.DROPPED)).contains("frames are missing");
    }

    @Test
    void aPeerThatReadsTooSlowly() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.limited(ROUTER, 1, 0);
      router.bind(endpoint);
      Socket dealer = zmq.limited(DEALER, 0, 1);
      dealer.set(SocketOptions.ROUTING_ID, "bob".getBytes(StandardCharsets.UTF_8));
      dealer.connect(endpoint);
      for (int i = 0; i < 4; i++) {
        router.send(Message.of("bob", "x"));
      }
      assertThat(says(router, Cause.SLOW_PEER))
          .startsWith("2 messages were dropped")
          .contains("DEALER bob at inproc reads more slowly than you send");
    }

    @Test
    void aRoutingIdThatIsInUse() {
      Socket router = zmq.socket(ROUTER);
      String endpoint = router.bind(Endpoints.TCP);
      for (int i = 0; i < 2; i++) {
        zmq.socket(DEALER)
            .set(SocketOptions.ROUTING_ID, "bob".getBytes(StandardCharsets.UTF_8))
            .connect(endpoint);
      }
      assertThat(says(router, Cause.PEER_REFUSED))
          .contains("routing id", "is in use by another peer");
    }
  }

  /** What the chart does not have: who is there at all. */
  @Nested
  class Connections {
    @Test
    void noEndpoint() {
      Socket sub = zmq.socket(SUB);
      assertThat(says(sub, Cause.NO_ENDPOINT)).isEqualTo("SUB is neither bound nor connected");
    }

    @Test
    void nobodyHasConnected() {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      assertThat(says(pull, Cause.NOBODY_CONNECTED)).contains(endpoint);
      zmq.connected(PUSH, endpoint).send("x");
      pull.recv();
      isSilentOn(pull, Cause.NOBODY_CONNECTED);
    }

    @Test
    void nobodyIsBound() {
      String endpoint = Endpoints.freeTcp();
      Socket sub = zmq.connected(SUB, endpoint);
      assertThat(says(sub, Cause.NEVER_CONNECTED))
          .startsWith("never connected to " + endpoint)
          .contains("Connection refused");
    }

    @Test
    void attemptsGetNoAnswer() throws IOException {
      try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        List<java.net.Socket> queued = fillBacklog(full);
        try {
          Socket sub = zmq.socket(SUB).set(SocketOptions.CONNECT_TIMEOUT, Duration.ofMillis(100));
          sub.connect("tcp://127.0.0.1:" + full.getLocalPort());
          assertThat(says(sub, Cause.CONNECT_TIMES_OUT)).contains("get no answer", "firewall");
        } finally {
          for (java.net.Socket s : queued) {
            s.close();
          }
        }
      }
    }

    /** The kernel answers no more attempts to connect once the queue of unaccepted ones is full. */
    private List<java.net.Socket> fillBacklog(ServerSocket server) throws IOException {
      List<java.net.Socket> queued = new ArrayList<>();
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
      while (queued.size() < 16) {
        java.net.Socket s = new java.net.Socket();
        queued.add(s);
        try {
          s.connect(address, 200);
        } catch (java.net.SocketTimeoutException full) {
          return queued;
        }
      }
      throw new AssertionError("the backlog takes any number");
    }

    @Test
    void lostAndNotRegained() {
      String endpoint = Endpoints.freeTcp();
      Socket push = zmq.connected(PUSH, endpoint);
      try (Socket pull = zmq.bound(PULL, endpoint)) {
        push.send("x");
        pull.recv();
      }
      assertThat(says(push, Cause.DISCONNECTED)).startsWith("no longer connected to " + endpoint);
    }

    @Test
    void aPortThatAnotherNodeHas() {
      String endpoint = zmq.socket(PULL).bind(Endpoints.TCP);
      Socket second = zmq.socket(PULL);
      assertThatThrownBy(() -> second.bind(endpoint)).isInstanceOf(ZmqEndpointException.class);
      assertThat(says(second, Cause.BIND_FAILED)).startsWith(endpoint + " could not be bound");
    }

    @Test
    void aNameThatAnotherSocketHas() {
      String endpoint = Endpoints.inproc();
      zmq.bound(PULL, endpoint);
      Socket second = zmq.socket(PULL);
      assertThatThrownBy(() -> second.bind(endpoint)).isInstanceOf(ZmqEndpointException.class);
      assertThat(says(second, Cause.BIND_FAILED)).contains("bound already");
    }

    @Test
    void aPeerOfAnIncompatibleType() {
      Socket pub = zmq.socket(PUB);
      String endpoint = pub.bind(Endpoints.TCP);
      Socket push = zmq.connected(PUSH, endpoint);
      assertThat(says(pub, Cause.INCOMPATIBLE_PEER))
          .contains("the peer is a PUSH, which a PUB cannot talk to");
      assertThat(says(push, Cause.INCOMPATIBLE_PEER)).contains(endpoint, "PUB");
      assertThat(says(push, Cause.NEVER_CONNECTED)).endsWith("there is no further attempt");
    }

    @Test
    void incompatibleOverInproc() {
      String endpoint = Endpoints.inproc();
      zmq.bound(PUB, endpoint);
      Socket push = zmq.socket(PUSH);
      assertThatThrownBy(() -> push.connect(endpoint)).isInstanceOf(ZmqArgumentException.class);
      assertThat(says(push, Cause.INCOMPATIBLE_PEER)).contains("PUB, which a PUSH cannot talk to");
    }

    @Test
    void aPeerWithAnotherMechanism() {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        peer.send("FF 0000000000000001 7F 03 01 504C41494E" + "00".repeat(15) + "00".repeat(32));
        assertThat(says(pull, Cause.OTHER_MECHANISM)).contains("PLAIN", "NULL");
      }
    }

    @Test
    void aPeerThatDoesNotSpeakZmtp() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(50));
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        peer.send("FF 00");
        assertThat(says(pull, Cause.PEER_REFUSED)).contains("ZMQ_HANDSHAKE_IVL");
      }
    }

    /** What a refusal is about does not depend on words, which a peer may choose. */
    @Test
    void aPeerWhoseWordsMislead() {
      Socket pull = zmq.socket(PULL);
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer peer = RawPeer.connect(endpoint)) {
        peer.send(RawPeer.greeting(1));
        byte[] reason = "a mechanism that a PULL cannot talk to\n  ! fake".getBytes(UTF_8);
        peer.sendCommand("ERROR", join(new byte[] {(byte) reason.length}, reason));
        assertThat(says(pull, Cause.PEER_REFUSED)).contains("cannot talk to");
        SocketReport report = pull.explain();
        assertThat(report.refusedPeers())
            .extracting(RefusedPeer::refusal)
            .containsExactly(Refusal.PROTOCOL);
        assertThat(report.toString().lines()).noneMatch(line -> line.equals("  ! fake"));
        assertThat(report.findings())
            .extracting(Finding::sentence)
            .noneMatch(s -> s.contains("\n"));
      }
    }

    @Test
    void aPeerThatNoFilterAdmits() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.TCP_ACCEPT_FILTER, "10.0.0.0/8");
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP))) {
        push.readToEnd();
        assertThat(says(pull, Cause.PEER_REFUSED)).contains("no filter admits the peer 127.0.0.1");
        assertThat(pull.explain().refusedPeers())
            .extracting(RefusedPeer::refusal)
            .containsExactly(Refusal.FILTERED);
      }
    }

    @Test
    void aSecondPeerOfAPair() {
      String endpoint = Endpoints.inproc();
      Socket pair = zmq.bound(PAIR, endpoint);
      zmq.connected(PAIR, endpoint);
      Socket second = zmq.connected(PAIR, endpoint);
      assertThat(says(pair, Cause.PEER_REFUSED)).contains("this PAIR has a peer already");
      assertThat(says(second, Cause.PEER_REFUSED))
          .contains("the other side says: this PAIR has a peer already");
      isSilentOn(second, Cause.DISCONNECTED);
    }
  }

  /** What was dropped by the end of something, or by request. */
  @Nested
  class Dropped {
    @Test
    void byConflation() {
      Socket push = zmq.socket(PUSH).set(SocketOptions.CONFLATE, true);
      push.connect(Endpoints.freeTcp());
      push.send("1");
      push.send("2");
      assertThat(says(push, Cause.DROPPED))
          .startsWith("1 message was dropped")
          .contains("ZMQ_CONFLATE");
    }

    @Test
    void byACloseWithoutLinger() {
      Socket push = zmq.connected(PUSH, Endpoints.freeTcp());
      push.send("1");
      push.set(SocketOptions.LINGER, Duration.ZERO).close();
      assertThat(says(push, Cause.DROPPED)).contains("ZMQ_LINGER", "linger longer");
      Finding ofContext =
          Await.value(
              "the context tells, too",
              () -> zmq.context().explain().findings().stream().findFirst().orElse(null));
      assertThat(ofContext.sentence()).contains("ZMQ_LINGER");
      assertThat(zmq.context().explain().socketsGone()).isEqualTo(1);
    }

    @Test
    void notYetBecauseTheSocketLingers() {
      Socket push = zmq.connected(PUSH, Endpoints.freeTcp());
      push.set(SocketOptions.LINGER, Duration.ofSeconds(60));
      push.send("1");
      push.send("2");
      push.close();
      assertThat(says(push, Cause.LINGERING)).startsWith("closed with 2 messages still to be sent");
      zmq.context().close(Duration.ZERO);
    }

    /** Of all of them together, but not of those that can still be asked or have left nothing. */
    @Test
    void leftByClosedSocketsForANameThatNobodyBinds() {
      String endpoint = Endpoints.inproc();
      for (int messages = 0; messages <= 2; messages++) {
        Socket push = zmq.connected(PUSH, endpoint);
        for (int i = 0; i < messages; i++) {
          push.send("x");
        }
        push.close();
      }
      zmq.connected(PUSH, Endpoints.inproc()).close();
      zmq.connected(PUSH, endpoint).send("not closed");
      assertThat(zmq.context().explain().findings())
          .extracting(Finding::sentence)
          .filteredOn(s -> s.contains("of a closed socket"))
          .containsExactly(
              "3 messages of a closed socket wait for "
                  + endpoint
                  + ", which nobody has bound: they are dropped when the context is closed");
    }

    @Test
    void leftByAClosedSocketForANameThatNobodyBinds() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.connected(PUSH, endpoint);
      push.send("1");
      push.send("2");
      push.close();
      assertThat(zmq.context().explain().findings())
          .extracting(Finding::sentence)
          .containsExactly(
              "2 messages of a closed socket wait for "
                  + endpoint
                  + ", which nobody has bound: they are dropped when the context is closed");
      assertThat(zmq.context().close(Await.LONG).dropped()).isEqualTo(2);
      assertThat(zmq.context().explain().dropsOfGone())
          .containsExactly(Map.entry(DropReason.LINGER_EXPIRED, 2L));
    }

    @Test
    void unreadAtTheClose() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      zmq.connected(PUSH, endpoint).send("1");
      pull.close();
      assertThat(says(pull, Cause.DROPPED)).contains("the close came before reading");
    }

    @Test
    void byALostConnection() {
      Socket push = zmq.limited(PUSH, 20, 0).set(SocketOptions.SNDBUF, 8192);
      Events events = Events.of(push);
      String endpoint = push.bind(Endpoints.TCP);
      try (RawPeer pull = RawPeer.connect(endpoint).withSmallWindow().handshake("PULL")) {
        events.await(Type.HANDSHAKE_SUCCEEDED);
        byte[] large = new byte[1 << 20];
        while (push.send(large, Duration.ofMillis(200))) {
          assertThat(push.drops()).isEmpty();
        }
        pull.reset();
      }
      assertThat(says(push, Cause.DROPPED)).contains("connection was lost");
      Await.until(
          "the peer is gone, and all of its messages are counted",
          () ->
              push.explain()
                  .toString()
                  .contains("\n  gone: PULL at 127.0.0.1\n    dropped: CONNECTION_LOST "));
      SocketReport report = push.explain();
      PeerReport gone = report.gonePeers().get(0);
      assertThat(gone.drops()).isEqualTo(report.drops());
    }

    @Test
    void becauseItIsTooLarge() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.MAXMSGSIZE, 3L);
      String endpoint = pull.bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(endpoint).handshake("PUSH")) {
        push.sendMessage("abcd");
        assertThat(says(pull, Cause.DROPPED)).contains("ZMQ_MAXMSGSIZE");
      }
    }

    @Test
    void becauseThisTypeDoesNotReceive() {
      Socket push = zmq.socket(PUSH);
      String endpoint = push.bind(Endpoints.TCP);
      try (RawPeer pull = RawPeer.connect(endpoint).handshake("PULL")) {
        pull.sendMessage("1");
        assertThat(says(push, Cause.DROPPED)).contains("does not receive");
      }
    }

    @Test
    void becauseThePublisherDoesNotFilter() {
      Socket sub = zmq.socket(SUB).subscribe("a");
      String endpoint = sub.bind(Endpoints.TCP);
      try (RawPeer pub = RawPeer.connect(endpoint).handshake("PUB")) {
        pub.sendMessage("b").sendMessage("a");
        assertThat(sub.recvString()).isEqualTo("a");
      }
      assertThat(says(sub, Cause.DROPPED)).contains("no subscription of this socket matches");
    }
  }
}
