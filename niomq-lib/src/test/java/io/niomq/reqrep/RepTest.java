package io.niomq.reqrep;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
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
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 28, The REP Socket Type. */
@ExtendWith(NoLeaks.class)
class RepTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private String endpoint;
  private Socket rep;

  @BeforeEach
  void bind() {
    endpoint = Endpoints.inproc();
    rep = zmq.bound(REP, endpoint);
  }

  @Nested
  class Requests {
    @Test
    void areFairQueued() {
      Socket one = zmq.connected(DEALER, endpoint);
      Socket two = zmq.connected(DEALER, endpoint);
      for (int i = 0; i < 3; i++) {
        one.send(Message.of("", "one"));
        two.send(Message.of("", "two"));
      }
      String last = "";
      for (int i = 0; i < 6; i++) {
        String asker = rep.recvString();
        assertThat(asker).isNotEqualTo(last);
        rep.send("answer");
        last = asker;
      }
    }

    @Test
    void comeWithoutTheirEnvelope() {
      Socket dealer = zmq.connected(DEALER, endpoint);
      dealer.send(Message.of("id1", "id2", "", "question", "", "more"));
      assertThat(rep.recvMessage()).isEqualTo(Message.of("question", "", "more"));
    }

    @Test
    void withoutADelimiterAreDroppedAndCounted() {
      Socket dealer = zmq.connected(DEALER, endpoint);
      dealer.send("no delimiter");
      dealer.send(Message.of("nor", "here"));
      dealer.send(Message.of("", "good"));
      assertThat(rep.recvString()).isEqualTo("good");
      assertThat(rep.drops()).containsEntry(DropReason.MALFORMED, 2L);
    }
  }

  @Nested
  class Replies {
    @Test
    void goBackWithTheEnvelopeUnchanged() {
      Socket dealer = zmq.connected(DEALER, endpoint);
      dealer.send(Message.of("id1", "id2", "", "question"));
      rep.recv();
      rep.send("answer");
      assertThat(dealer.recvMessage()).isEqualTo(Message.of("id1", "id2", "", "answer"));
    }

    @Test
    void letAThreadThatPollsKnowOfTheNextRequest() {
      zmq.connected(REQ, endpoint).send("1");
      zmq.connected(REQ, endpoint).send("2");
      rep.recv();
      Task<Integer> polling = Task.call(() -> rep.poll(Poller.IN, Await.LONG)).untilWaiting();
      rep.send("answer");
      assertThat(polling.result()).isEqualTo(Poller.IN);
    }

    @Test
    void letAThreadThatPollsKnowOfTheAnswersTurn() {
      zmq.connected(REQ, endpoint).send("1");
      assertThat(rep.poll(Poller.IN, Await.LONG)).isEqualTo(Poller.IN); // it has come already
      Task<Integer> polling = Task.call(() -> rep.poll(Poller.OUT, Await.LONG)).untilWaiting();
      rep.recv();
      assertThat(polling.result()).isEqualTo(Poller.OUT);
    }

    @Test
    void goToTheOneThatAsked() {
      Socket one = zmq.connected(REQ, endpoint);
      Socket two = zmq.connected(REQ, endpoint);
      two.send("from two");
      one.send("from one");
      for (int i = 0; i < 2; i++) {
        String question = rep.recvString();
        rep.send("answer to " + question);
      }
      assertThat(one.recvString()).isEqualTo("answer to from one");
      assertThat(two.recvString()).isEqualTo("answer to from two");
    }

    @Test
    void mayHaveManyFrames() {
      Socket req = zmq.connected(REQ, endpoint);
      req.send("question");
      rep.recv();
      rep.sendMore("a").sendMore("").send("b");
      assertThat(req.recvMessage()).isEqualTo(Message.of("a", "", "b"));
    }

    @Test
    void toOneThatIsGoneAreDroppedAndCounted() {
      Socket req = zmq.connected(REQ, endpoint);
      req.send("question");
      assertThat(rep.recvString()).isEqualTo("question");
      req.close();
      Socket next = zmq.connected(REQ, endpoint);
      next.send("next");
      rep.send("to nobody"); // succeeds
      Await.until(
          "the reply is counted",
          () -> rep.drops().values().stream().mapToLong(Long::longValue).sum() == 1);
      assertThat(rep.recvString()).isEqualTo("next");
      rep.send("answer");
      assertThat(next.recvString()).isEqualTo("answer");
    }

    @Test
    void toOneThatIsGoneAreDroppedAndCountedOverTcp() {
      Socket server = zmq.socket(REP);
      Events events = Events.of(server);
      String tcp = server.bind(Endpoints.TCP);
      try (RawPeer req = RawPeer.connect(tcp).handshake("REQ")) {
        req.send("01 00 00 01 71");
        assertThat(server.recvString()).isEqualTo("q");
      }
      events.await(Type.DISCONNECTED);
      server.send("to nobody");
      assertThat(server.drops()).containsEntry(DropReason.NO_PEER, 1L);
    }

    @Test
    void toOneThatIsFullAreDroppedAndCounted() {
      String narrow = Endpoints.inproc();
      Socket limited = zmq.limited(REP, 1, 0);
      limited.bind(narrow);
      Socket dealer = zmq.limited(DEALER, 0, 1);
      dealer.connect(narrow);
      for (int i = 0; i < 3; i++) {
        dealer.send(Message.of("", "q" + i));
      }
      for (int i = 0; i < 3; i++) {
        assertThat(limited.recvString()).isEqualTo("q" + i);
        limited.send("a" + i); // never waits
      }
      assertThat(dealer.recvMessage()).isEqualTo(Message.of("", "a0"));
      assertThat(dealer.recvMessage()).isEqualTo(Message.of("", "a1"));
      assertThat(dealer.tryRecvMessage()).isNull();
      assertThat(limited.drops()).containsEntry(DropReason.HIGH_WATER_MARK, 1L);
    }
  }

  @Nested
  class StateMachine {
    @Test
    void refusesToSendWithoutARequest() {
      assertThatThrownBy(() -> rep.send("x"))
          .isInstanceOfSatisfying(
              ZmqStateException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EFSM));
      assertThatThrownBy(() -> rep.trySend("x")).isInstanceOf(ZmqStateException.class);
      assertThatThrownBy(() -> rep.sendMore("x")).isInstanceOf(ZmqStateException.class);
    }

    @Test
    void refusesToReceiveBeforeTheReply() {
      Socket dealer = zmq.connected(DEALER, endpoint);
      dealer.send(Message.of("", "1"));
      dealer.send(Message.of("", "2"));
      assertThat(rep.recvString()).isEqualTo("1");
      assertThatThrownBy(rep::recv).isInstanceOf(ZmqStateException.class);
      assertThatThrownBy(rep::tryRecvMessage).isInstanceOf(ZmqStateException.class);
      rep.send("1");
      assertThat(rep.recvString()).isEqualTo("2");
      assertThatThrownBy(rep::tryRecv).isInstanceOf(ZmqStateException.class);
    }

    @Test
    void refusesToAnswerARequestThatIsOnlyPartlyRead() {
      Socket req = zmq.connected(REQ, endpoint);
      req.send(Message.of("one", "two"));
      assertThat(rep.recvString()).isEqualTo("one");
      assertThat(rep.get(SocketOptions.EVENTS) & Poller.OUT).isZero();
      assertThatThrownBy(() -> rep.send("x"))
          .isInstanceOf(ZmqStateException.class)
          .hasMessageContaining("unread");
      assertThat(rep.recvString()).isEqualTo("two");
      assertThat(rep.get(SocketOptions.EVENTS) & Poller.OUT).isEqualTo(Poller.OUT);
      rep.send(Message.of("three", "four"));

      assertThat(req.recvString()).isEqualTo("three");
      assertThat(req.get(SocketOptions.EVENTS) & Poller.OUT).isZero();
      assertThatThrownBy(() -> req.send("y")).isInstanceOf(ZmqStateException.class);
      assertThat(req.recvString()).isEqualTo("four");
      req.send("next");
      assertThat(rep.recvString()).isEqualTo("next");
    }

    @Test
    void isWhatAPollerSees() {
      Socket req = zmq.connected(REQ, endpoint);
      try (Poller poller = zmq.context().poller()) {
        poller.register(rep, Poller.IN | Poller.OUT);
        assertThat(poller.pollNow()).isZero();
        req.send("1");
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isReadable(rep)).isTrue();
        assertThat(poller.isWritable(rep)).isFalse();
        rep.recv();
        assertThat(poller.poll(Await.LONG)).isEqualTo(1);
        assertThat(poller.isReadable(rep)).isFalse();
        assertThat(poller.isWritable(rep)).isTrue();
        rep.send("1");
        assertThat(poller.pollNow()).isZero();
      }
    }
  }

  @Nested
  class Wire {
    /** Section 6 of the captured exchanges: the envelope comes back octet by octet. */
    @Test
    void keepsAnEnvelopeOfTwoHops() {
      Socket server = zmq.socket(REP);
      String tcp = server.bind(Endpoints.TCP);
      try (RawPeer dealer = RawPeer.connect(tcp).handshake("DEALER")) {
        dealer.send("01 03 696431  01 03 696432  01 00  00 01 71");
        assertThat(server.recvString()).isEqualTo("q");
        server.send("r");
        assertThat(dealer.readFrame().hex()).isEqualTo("01 696431");
        assertThat(dealer.readFrame().hex()).isEqualTo("01 696432");
        assertThat(dealer.readFrame().hex()).isEqualTo("01 ");
        assertThat(dealer.readFrame().hex()).isEqualTo("00 72");
      }
    }
  }
}
