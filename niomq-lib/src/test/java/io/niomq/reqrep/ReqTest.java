package io.niomq.reqrep;

import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Poller;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.ZmqStateException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 28, The REQ Socket Type. */
@ExtendWith(NoLeaks.class)
class ReqTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private Socket router;
  private Socket req;

  /** A REQ whose peer is a ROUTER, which sees the whole envelope. */
  private void reqToRouter() {
    String endpoint = Endpoints.inproc();
    router = zmq.bound(ROUTER, endpoint);
    req = zmq.connected(REQ, endpoint);
  }

  @Nested
  class Request {
    @Test
    void isPrecededByAnEmptyFrame() {
      reqToRouter();
      req.send("question");
      Message seen = router.recvMessage();
      assertThat(seen.frameCount()).isEqualTo(3);
      assertThat(seen.size(1)).isZero();
      assertThat(seen.string(2)).isEqualTo("question");
    }

    @Test
    void mayHaveManyFrames() {
      reqToRouter();
      req.sendMore("a").sendMore("").send("b");
      Message seen = router.recvMessage();
      seen.removeFirst();
      assertThat(seen).isEqualTo(Message.of("", "a", "", "b"));
    }

    @Test
    void goesRoundRobinToAllPeers() {
      Socket[] reps = {
        zmq.bound(REP, Endpoints.inproc()),
        zmq.bound(REP, Endpoints.inproc()),
        zmq.bound(REP, Endpoints.inproc())
      };
      Socket many = zmq.socket(REQ);
      for (Socket rep : reps) {
        many.connect(rep.get(SocketOptions.LAST_ENDPOINT));
      }
      int[] asked = new int[3];
      for (int i = 0; i < 6; i++) {
        many.send("q" + i);
        int at = 0;
        while (reps[at].tryRecv() == null) {
          at++;
        }
        asked[at]++;
        reps[at].send("a" + i);
        assertThat(many.recvString()).isEqualTo("a" + i);
      }
      assertThat(asked).containsExactly(2, 2, 2);
    }

    @Test
    void waitsWithoutAPeer() {
      String endpoint = Endpoints.inproc();
      Socket lonely = zmq.bound(REQ, endpoint);
      assertThat(lonely.trySend("x")).isFalse();
      Task<Void> sending = Task.run(() -> lonely.send("x")).untilWaiting();
      Socket rep = zmq.connected(REP, endpoint);
      sending.result();
      assertThat(rep.recvString()).isEqualTo("x");
    }

    @Test
    void throwsAwayWhatCameBefore() {
      reqToRouter();
      req.send("1");
      Message first = router.recvMessage();
      Message again = first.copy();
      router.send(first);
      router.send(again); // nobody asked for this one
      assertThat(req.recvString()).isEqualTo("1");
      req.send("2");
      assertThat(req.drops()).containsEntry(DropReason.STALE_REPLY, 1L);
      assertThat(req.tryRecv()).isNull();
      router.send(router.recvMessage());
      assertThat(req.recvString()).isEqualTo("2");
    }
  }

  @Nested
  class Reply {
    @Test
    void mayHaveManyFrames() {
      reqToRouter();
      req.send("question");
      Message seen = router.recvMessage();
      router.send(Message.of(seen.bytes(0), new byte[0]).add("a").addEmpty().add("b"));
      assertThat(req.recvMessage()).isEqualTo(Message.of("a", "", "b"));
    }

    @Test
    void fromAPeerThatWasNotAskedIsSkipped() {
      Socket one = zmq.bound(ROUTER, Endpoints.inproc());
      Socket two = zmq.bound(ROUTER, Endpoints.inproc());
      req = zmq.socket(REQ);
      req.connect(one.get(SocketOptions.LAST_ENDPOINT));
      req.connect(two.get(SocketOptions.LAST_ENDPOINT));
      byte[] idAtOne = converse(one);
      byte[] idAtTwo = converse(two);
      req.send("question");
      assertThat(one.recvMessage().string(2)).isEqualTo("question");
      two.send(Message.of(idAtTwo, new byte[0]).add("uninvited"));
      assertThat(req.tryRecv()).isNull();
      one.send(Message.of(idAtOne, new byte[0]).add("answer"));
      assertThat(req.recvString()).isEqualTo("answer");
      assertThat(req.drops()).containsEntry(DropReason.STALE_REPLY, 1L);
    }

    @Test
    void fromAnyPeerIsTakenWhenTheOneThatWasAskedIsGone() {
      Socket one = zmq.bound(ROUTER, Endpoints.inproc());
      Socket two = zmq.bound(ROUTER, Endpoints.inproc());
      req = zmq.socket(REQ);
      req.connect(one.get(SocketOptions.LAST_ENDPOINT));
      req.connect(two.get(SocketOptions.LAST_ENDPOINT));
      converse(one);
      byte[] idAtTwo = converse(two);
      req.send("question");
      assertThat(one.recvMessage().string(2)).isEqualTo("question");
      one.close();
      Await.until(
          "the answer of the other one is taken",
          () -> {
            two.send(Message.of(idAtTwo, new byte[0]).add("answer"));
            return "answer".equals(req.recvString(Duration.ofMillis(50)));
          });
    }

    /** One request and its reply; returns the routing id that the router knows the REQ by. */
    private byte[] converse(Socket at) {
      req.send("hello");
      Message request = at.recvMessage();
      byte[] id = request.bytes(0);
      at.send(request);
      assertThat(req.recvString()).isEqualTo("hello");
      return id;
    }

    @Test
    void withoutADelimiterIsSkipped() {
      reqToRouter();
      req.send("question");
      byte[] id = router.recvMessage().bytes(0);
      router.send(Message.of(id).add("no delimiter"));
      router.send(Message.of(id).addEmpty()); // nothing after the delimiter
      assertThat(req.tryRecv()).isNull();
      router.send(Message.of(id).addEmpty().add("answer"));
      assertThat(req.recvString()).isEqualTo("answer");
      assertThat(req.drops()).containsEntry(DropReason.MALFORMED, 2L);
    }

    @Test
    void withoutADelimiterDisturbsNobodyOverTcp() {
      req = zmq.socket(REQ);
      String endpoint = req.bind(Endpoints.TCP);
      Events events = Events.of(req);
      try (RawPeer bad = RawPeer.connect(endpoint).handshake("REP")) {
        events.await(Type.HANDSHAKE_SUCCEEDED);
        req.send("question");
        assertThat(bad.readFrame().hex()).isEqualTo("01 ");
        assertThat(bad.readFrame().text()).isEqualTo("question");
        bad.sendMessage("no delimiter");
        Await.until(
            "the fault is counted, or has cost the connection",
            () -> {
              assertThat(req.tryRecv()).isNull();
              return req.drops().containsKey(DropReason.MALFORMED)
                  || events.count(Type.DISCONNECTED) > 0;
            });
      }
      req.set(SocketOptions.REQ_RELAXED, true);
      events.await(Type.DISCONNECTED);
      Socket good = zmq.connected(REP, endpoint);
      req.send("again");
      assertThat(good.recvString()).isEqualTo("again");
      good.send("answer");
      assertThat(req.recvString()).isEqualTo("answer");
    }
  }

  @Nested
  class StateMachine {
    @Test
    void readyRefusesToReceive() {
      reqToRouter();
      assertThatThrownBy(req::recv)
          .isInstanceOfSatisfying(
              ZmqStateException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EFSM));
      assertThatThrownBy(req::tryRecv).isInstanceOf(ZmqStateException.class);
    }

    @Test
    void sendingRefusesToReceive() {
      reqToRouter();
      req.sendMore("a");
      assertThatThrownBy(req::tryRecv).isInstanceOf(ZmqStateException.class);
      req.send("b");
      assertThat(router.recvMessage().frameCount()).isEqualTo(4);
    }

    @Test
    void waitingRefusesToSend() {
      reqToRouter();
      req.send("1");
      assertThatThrownBy(() -> req.send("2")).isInstanceOf(ZmqStateException.class);
      assertThatThrownBy(() -> req.trySend("2")).isInstanceOf(ZmqStateException.class);
      assertThatThrownBy(() -> req.sendMore("2")).isInstanceOf(ZmqStateException.class);
      router.send(router.recvMessage());
      assertThat(req.recvString()).isEqualTo("1");
      req.send("3");
      assertThat(router.recvMessage().string(2)).isEqualTo("3");
    }

    @Test
    void aTimeoutDoesNotEndTheWait() {
      reqToRouter();
      req.send("1");
      assertThat(req.recv(Duration.ofMillis(10))).isNull();
      assertThatThrownBy(() -> req.send("2")).isInstanceOf(ZmqStateException.class);
      router.send(router.recvMessage());
      assertThat(req.recvString()).isEqualTo("1");
    }

    @Test
    void aRequestThatHadToGiveUpChangesNothing() {
      Socket lonely = zmq.bound(REQ, Endpoints.inproc());
      assertThat(lonely.trySend("x")).isFalse();
      assertThatThrownBy(lonely::tryRecv).isInstanceOf(ZmqStateException.class);
    }

    @Test
    void isWhatAPollerSees() {
      reqToRouter();
      try (Poller poller = zmq.context().poller()) {
        poller.register(req, Poller.IN | Poller.OUT);
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isWritable(req)).isTrue();
        assertThat(poller.isReadable(req)).isFalse();
        req.send("1");
        assertThat(poller.pollNow()).isZero();
        router.send(router.recvMessage());
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isReadable(req)).isTrue();
        assertThat(poller.isWritable(req)).isFalse();
        req.recv();
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isWritable(req)).isTrue();
      }
    }
  }

  @Nested
  class Correlate {
    @Test
    @ShowsOption("ZMQ_REQ_CORRELATE")
    void putsANumberBeforeTheRequestThatGrowsByOne() {
      reqToRouter();
      req.set(SocketOptions.REQ_CORRELATE, true);
      req.send("c");
      Message first = router.recvMessage();
      assertThat(first.frameCount()).isEqualTo(4);
      assertThat(first.size(1)).isEqualTo(4);
      assertThat(first.size(2)).isZero();
      int number = requestId(first);
      router.send(first);
      assertThat(req.recvString()).isEqualTo("c");
      req.send("d");
      assertThat(requestId(router.recvMessage())).isEqualTo(number + 1);
    }

    @Test
    @ShowsOption("ZMQ_REQ_CORRELATE")
    void skipsAReplyWithAnotherNumber() {
      reqToRouter();
      req.set(SocketOptions.REQ_CORRELATE, true);
      req.send("question");
      Message request = router.recvMessage();
      byte[] id = request.bytes(0);
      byte[] wrong = request.bytes(1);
      wrong[0] ^= 1;
      router.send(Message.of(id, wrong, new byte[0]).add("wrong number"));
      router.send(Message.of(id, new byte[0]).add("no number"));
      assertThat(req.tryRecv()).isNull();
      router.send(request);
      assertThat(req.recvString()).isEqualTo("question");
      assertThat(req.drops())
          .containsEntry(DropReason.STALE_REPLY, 1L)
          .containsEntry(DropReason.MALFORMED, 1L);
    }

    private int requestId(Message request) {
      return ByteBuffer.wrap(request.bytes(1)).order(ByteOrder.nativeOrder()).getInt();
    }
  }

  @Nested
  class Relaxed {
    @Test
    void tellsAPollerThatItMaySendAgain() {
      reqToRouter();
      req.send("1");
      assertThat(req.get(SocketOptions.EVENTS) & Poller.OUT).isZero();
      req.set(SocketOptions.REQ_RELAXED, true);
      assertThat(req.get(SocketOptions.EVENTS) & Poller.OUT).isEqualTo(Poller.OUT);
    }

    @Test
    void wakesAThreadThatWaitsToSendAgain() {
      reqToRouter();
      req.send("1");
      Task<Integer> polling = Task.call(() -> req.poll(Poller.OUT, Await.LONG)).untilWaiting();
      req.set(SocketOptions.REQ_RELAXED, true);
      assertThat(polling.result()).isEqualTo(Poller.OUT);
    }

    @Test
    void maySendAgainInTheMiddleOfTheReply() {
      reqToRouter();
      req.set(SocketOptions.REQ_RELAXED, true);
      req.send("1");
      Message request = router.recvMessage();
      router.send(new Message().add(request.bytes(0)).add("").add("a").add("b"));
      assertThat(req.recvString()).isEqualTo("a");
      assertThat(req.get(SocketOptions.EVENTS) & Poller.OUT).isEqualTo(Poller.OUT);
      req.send("2");
      assertThat(req.hasMore()).isFalse();
      assertThat(req.drops()).containsEntry(DropReason.STALE_REPLY, 1L);
      router.send(router.recvMessage());
      assertThat(req.recvString()).isEqualTo("2");
    }

    @Test
    void withCorrelateSetMeanwhileTakesTheReplyWithoutAnId() {
      reqToRouter();
      req.send("1");
      req.set(SocketOptions.REQ_CORRELATE, true);
      router.send(router.recvMessage());
      assertThat(req.recvString()).isEqualTo("1");
    }

    @Test
    @ShowsOption("ZMQ_REQ_RELAXED")
    void maySendAgain() {
      reqToRouter();
      req.set(SocketOptions.REQ_RELAXED, true);
      req.send("1");
      req.send("2");
      router.recvMessage();
      Message second = router.recvMessage();
      router.send(second);
      assertThat(req.recvString()).isEqualTo("2");
    }

    @Test
    void asksTheNextPeer() {
      Socket one = zmq.bound(REP, Endpoints.inproc());
      Socket two = zmq.bound(REP, Endpoints.inproc());
      req = zmq.socket(REQ).set(SocketOptions.REQ_RELAXED, true);
      req.connect(one.get(SocketOptions.LAST_ENDPOINT));
      req.connect(two.get(SocketOptions.LAST_ENDPOINT));
      req.send("1");
      req.send("2");
      String atOne = one.recvString();
      String atTwo = two.recvString();
      assertThat(atOne).isNotEqualTo(atTwo);
      one.send("answer to " + atOne);
      two.send("answer to " + atTwo);
      assertThat(req.recvString()).isEqualTo("answer to 2");
    }

    @Test
    void withoutCorrelateMayTakeALateReply() {
      reqToRouter();
      req.set(SocketOptions.REQ_RELAXED, true);
      req.send("1");
      Message first = router.recvMessage();
      req.send("2");
      router.send(first);
      assertThat(req.recvString()).isEqualTo("1");
    }

    @Test
    void withCorrelateSkipsALateReply() {
      reqToRouter();
      req.set(SocketOptions.REQ_RELAXED, true).set(SocketOptions.REQ_CORRELATE, true);
      req.send("1");
      Message first = router.recvMessage();
      req.send("2");
      router.send(first);
      assertThat(req.tryRecv()).isNull();
      router.send(router.recvMessage());
      assertThat(req.recvString()).isEqualTo("2");
      assertThat(req.drops()).containsEntry(DropReason.STALE_REPLY, 1L);
    }
  }

  @Nested
  class WhenThePeerGoes {
    @Test
    void theRequestIsNotSentAgain() {
      String endpoint = Endpoints.freeTcp();
      req = zmq.socket(REQ).set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(10));
      Events events = Events.of(req);
      req.connect(endpoint);
      Socket first = zmq.bound(REP, endpoint);
      req.send("lost");
      assertThat(first.recvString()).isEqualTo("lost");
      first.close();
      events.await(Type.DISCONNECTED);
      Socket second = zmq.bound(REP, endpoint);
      events.await(Type.HANDSHAKE_SUCCEEDED, 2);
      assertThat(req.tryRecv()).isNull();
      assertThatThrownBy(() -> req.send("again")).isInstanceOf(ZmqStateException.class);
      req.set(SocketOptions.REQ_RELAXED, true);
      req.send("again");
      assertThat(second.recvString()).isEqualTo("again");
      second.send("answer");
      assertThat(req.recvString()).isEqualTo("answer");
    }
  }

  @Nested
  class Probe {
    @Test
    @ShowsOption("ZMQ_PROBE_ROUTER")
    void isOneEmptyMessageToEachNewPeer() {
      String endpoint = Endpoints.inproc();
      router = zmq.bound(ROUTER, endpoint);
      req = zmq.socket(REQ).set(SocketOptions.PROBE_ROUTER, true);
      req.connect(endpoint);
      Message probe = router.recvMessage();
      assertThat(probe.frameCount()).isEqualTo(2);
      assertThat(probe.size(1)).isZero();
      req.send("question");
      assertThat(router.recvMessage().string(2)).isEqualTo("question");
    }
  }
}
