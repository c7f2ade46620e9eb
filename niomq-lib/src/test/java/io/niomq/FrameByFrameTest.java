package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code ZMQ_SNDMORE} and {@code ZMQ_RCVMORE}: a message frame by frame, which belongs to one
 * thread.
 */
@ExtendWith(NoLeaks.class)
class FrameByFrameTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Sending {
    @Test
    void endsWithSend() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      push.sendMore("a").sendMore(new byte[0]).send("c");
      push.sendMore("d").send(Message.of("e", "f"));
      push.sendMore("g");
      assertThat(push.trySend("h")).isTrue();
      assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "", "c"));
      assertThat(pull.recvMessage()).isEqualTo(Message.of("d", "e", "f"));
      assertThat(pull.recvMessage()).isEqualTo(Message.of("g", "h"));
    }

    @Test
    void isIndependentInEachThread() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      push.sendMore("mine");
      Task.run(() -> push.send("whole")).result();
      Task.run(() -> push.sendMore("theirs").send("too")).result();
      push.send("is complete");
      assertThat(pull.recvMessage()).isEqualTo(Message.of("whole"));
      assertThat(pull.recvMessage()).isEqualTo(Message.of("theirs", "too"));
      assertThat(pull.recvMessage()).isEqualTo(Message.of("mine", "is complete"));
    }

    @Test
    void isDroppedAndCountedWhenItsThreadHasEnded() throws InterruptedException {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      Task<Void> task = Task.run(() -> push.sendMore("begun"));
      task.result();
      task.thread().join();
      push.send("whole");
      assertThat(pull.recvMessage()).isEqualTo(Message.of("whole"));
      assertThat(push.drops()).isEqualTo(Map.of(DropReason.UNFINISHED, 1L));
    }

    @Test
    void isIndependentOnEachSocket() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket one = zmq.connected(PUSH, endpoint);
      Socket two = zmq.connected(PUSH, endpoint);
      one.sendMore("1");
      two.sendMore("2");
      one.send("one");
      two.send("two");
      assertThat(new Message[] {pull.recvMessage(), pull.recvMessage()})
          .containsExactlyInAnyOrder(Message.of("1", "one"), Message.of("2", "two"));
    }

    @Test
    void thatHadToGiveUpCanBeContinued() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.bound(PUSH, endpoint);
      push.sendMore("a");
      assertThat(push.trySend("b")).isFalse();
      Socket pull = zmq.connected(PULL, endpoint);
      push.send("c");
      assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "c"));
    }

    @Test
    void whosePeerIsGoneIsGivenUp() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.bound(ROUTER, endpoint).set(SocketOptions.ROUTER_MANDATORY, true);
      Socket one = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8("one"));
      one.connect(endpoint);
      router.sendMore("one").sendMore("begun");
      one.close();
      assertThatThrownBy(() -> router.send("ended")).isInstanceOf(ZmqUnroutableException.class);
      assertThat(router.drops()).containsEntry(DropReason.UNFINISHED, 1L);
      Socket two = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8("two"));
      two.connect(endpoint);
      router.sendMore("two").send("to two");
      assertThat(two.recvMessage()).isEqualTo(Message.of("to two"));
    }

    @Test
    void thatIsRefusedAsAWholeMessageIsGivenUp() {
      String endpoint = Endpoints.inproc();
      Socket router = zmq.bound(ROUTER, endpoint).set(SocketOptions.ROUTER_MANDATORY, true);
      Socket one = zmq.socket(DEALER).set(SocketOptions.ROUTING_ID, utf8("one"));
      one.connect(endpoint);
      router.sendMore("one");
      one.close();
      Message rest = Message.of("rest");
      assertThatThrownBy(() -> router.send(rest)).isInstanceOf(ZmqUnroutableException.class);
      assertThat(rest).isEqualTo(Message.of("rest"));
      assertThatThrownBy(() -> router.sendMore("one")).isInstanceOf(ZmqUnroutableException.class);
    }

    @Test
    void ofAReplyThatAnotherThreadHasSentIsGivenUp() {
      String endpoint = Endpoints.inproc();
      Socket rep = zmq.bound(REP, endpoint);
      Socket req = zmq.connected(REQ, endpoint);
      req.send("question");
      assertThat(rep.recvString()).isEqualTo("question");
      rep.sendMore("mine");
      Task.run(() -> rep.send("theirs")).result();
      assertThat(req.recvString()).isEqualTo("theirs");
      assertThatThrownBy(() -> rep.send("too late")).isInstanceOf(ZmqStateException.class);
      req.send("another");
      assertThat(rep.recvString()).isEqualTo("another");
      rep.send("answer");
      assertThat(req.recvMessage()).isEqualTo(Message.of("answer"));
    }

    @Test
    void thatIsNeverCompletedSendsNothing() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      push.sendMore("a").sendMore("b");
      push.close();
      assertThat(pull.tryRecv()).isNull();
    }
  }

  @Nested
  class Receiving {
    @Test
    void tellsWhetherMoreFollows() {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.bound(DEALER, endpoint);
      Socket two = zmq.connected(DEALER, endpoint);
      assertThat(one.hasMore()).isFalse();
      two.send(Message.of("a", "b"));
      two.send("c");
      assertThat(one.recvString()).isEqualTo("a");
      assertThat(one.hasMore()).isTrue();
      assertThat(one.hasMore()).isTrue();
      assertThat(one.recvString()).isEqualTo("b");
      assertThat(one.hasMore()).isFalse();
      assertThat(one.recvString()).isEqualTo("c");
      assertThat(one.hasMore()).isFalse();
    }

    @Test
    void isIndependentInEachThread() {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.bound(DEALER, endpoint);
      Socket two = zmq.connected(DEALER, endpoint);
      two.send(Message.of("a", "b"));
      two.send(Message.of("c", "d"));
      assertThat(one.recvString()).isEqualTo("a");
      Task.run(
              () -> {
                assertThat(one.hasMore()).isFalse();
                assertThat(one.recvString()).isEqualTo("c");
                assertThat(one.hasMore()).isTrue();
                assertThat(one.recvString()).isEqualTo("d");
                assertThat(one.hasMore()).isFalse();
              })
          .result();
      assertThat(one.hasMore()).isTrue();
      assertThat(one.tryRecvString()).isEqualTo("b");
      assertThat(one.hasMore()).isFalse();
    }

    @Test
    void isDroppedAndCountedWhenItsThreadHasEnded() throws InterruptedException {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.bound(DEALER, endpoint);
      Socket two = zmq.connected(DEALER, endpoint);
      two.send(Message.of("a", "b".repeat(100_000)));
      two.send(Message.of("c", "d"));
      Task<String> task = Task.call(one::recvString);
      assertThat(task.result()).isEqualTo("a");
      task.thread().join();
      assertThat(one.recvString()).isEqualTo("c");
      assertThat(one.drops()).isEqualTo(Map.of(DropReason.UNREAD_AT_CLOSE, 1L));
      assertThat(one.recvString()).isEqualTo("d");
      one.close();
      two.close();
      zmq.context().close();
      assertThat(Cores.of(zmq.context()).memoryInUse()).isZero();
    }

    @Test
    void mayGoOnWhenThePeerIsGone() {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.bound(DEALER, endpoint);
      Socket two = zmq.connected(DEALER, endpoint);
      two.send(Message.of("a", "b"));
      assertThat(one.recvString()).isEqualTo("a");
      two.close();
      assertThat(one.recvString()).isEqualTo("b");
    }

    @Test
    void mayPauseForSending() {
      String endpoint = Endpoints.inproc();
      Socket one = zmq.bound(DEALER, endpoint);
      Socket two = zmq.connected(DEALER, endpoint);
      two.send(Message.of("a", "b"));
      assertThat(one.recvString()).isEqualTo("a");
      one.sendMore("x").send("y");
      assertThat(one.recvString()).isEqualTo("b");
      assertThat(two.recvMessage()).isEqualTo(Message.of("x", "y"));
    }
  }
}
