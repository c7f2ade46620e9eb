package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.testing.Octets.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages as values, and who owns their memory. */
@ExtendWith(NoLeaks.class)
class MessageTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Frames {
    @Test
    void areAddedAndTakenOffAtBothEnds() {
      Message message = Message.of("b", "c");
      message.addFirst("a").add("d").addEmpty();
      assertThat(message.strings()).containsExactly("a", "b", "c", "d", "");
      assertThat(message.removeFirst()).isEqualTo(new byte[] {'a'});
      assertThat(message.removeLast()).isEmpty();
      assertThat(message.strings()).containsExactly("b", "c", "d");
      assertThat(message.frameCount()).isEqualTo(3);
      assertThat(message.totalSize()).isEqualTo(3);
      assertThat(message.isEmpty()).isFalse();
    }

    @Test
    void areCopiesOfWhatWasGiven() {
      byte[] octets = {1, 2, 3};
      ByteBuffer buffer = ByteBuffer.wrap(new byte[] {4, 5, 6, 7}).position(1).limit(3);
      Message message = Message.of(octets).add(octets).add(buffer).addFirst(octets);
      octets[0] = 9;
      buffer.put(1, (byte) 9);
      assertThat(message.bytes(0)).containsExactly(1, 2, 3);
      assertThat(message.bytes(1)).containsExactly(1, 2, 3);
      assertThat(message.bytes(3)).containsExactly(5, 6);
      assertThat(buffer.position()).isEqualTo(1);
      message.bytes(0)[0] = 9;
      assertThat(message.bytes(0)).containsExactly(1, 2, 3);
    }

    @Test
    void areGivenAllAtOnce() {
      Message message = Message.of("a", "").add(new byte[] {1, 2});
      assertThat(message.frames())
          .usingElementComparator(Arrays::compare)
          .containsExactly(new byte[] {'a'}, new byte[0], new byte[] {1, 2});
      message.frames().get(0)[0] = 'x';
      assertThat(message.string(0)).isEqualTo("a");
    }

    @Test
    void ofAnEnvelopeAreTakenOffAndPutBack() {
      Message request = Message.of("id", "", "question", "part");
      byte[] id = request.unwrap();
      assertThat(id).isEqualTo(new byte[] {'i', 'd'});
      assertThat(request.removeFirstString()).isEqualTo("question");
      assertThat(request).isEqualTo(Message.of("part"));
      assertThat(Message.of("answer").wrap(id)).isEqualTo(Message.of("id", "", "answer"));
      Message fromADealer = Message.of("id", "question", "");
      fromADealer.unwrap();
      assertThat(fromADealer).isEqualTo(Message.of("question", ""));
      Message lone = Message.of("id");
      lone.unwrap();
      assertThat(lone.isEmpty()).isTrue();
    }

    @Test
    void areShownReadOnly() {
      Message message = Message.of("abc");
      assertThat(message.buffer(0)).isEqualTo(ByteBuffer.wrap(new byte[] {'a', 'b', 'c'}));
      assertThatThrownBy(() -> message.buffer(0).put(0, (byte) 0))
          .isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void haveAnIndex() {
      Message message = Message.of("a");
      assertThatThrownBy(() -> message.bytes(1))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("1");
      assertThatThrownBy(() -> message.size(-1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> new Message().removeFirst())
          .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void makeMessagesEqual() {
      Message message = Message.of("a", "b");
      assertThat(message).isEqualTo(Message.of("a", "b")).hasSameHashCodeAs(Message.of("a", "b"));
      assertThat(message).isNotEqualTo(Message.of("ab")).isNotEqualTo(Message.of("a", "c"));
      ByteBuffer direct = ByteBuffer.allocateDirect(1).put(0, (byte) 'a');
      try (Message shared = new Message().addShared(direct, () -> {}).add("b")) {
        assertThat(shared).isEqualTo(message).hasSameHashCodeAs(message);
      }
    }

    @Test
    void arePrintable() {
      assertThat(Message.of("a", "").add(new byte[] {0, -1}).toString())
          .contains("\"a\"")
          .contains("00ff");
      assertThat(Message.of("x".repeat(1000)).toString()).hasSizeLessThan(200).contains("1000");
    }
  }

  @Nested
  class Sending {
    @Test
    void movesTheFramesOut() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      Message message = Message.of("a", "b");
      push.send(message);
      assertThat(message.isEmpty()).isTrue();
      message.add("again");
      assertThat(push.trySend(message)).isTrue();
      assertThat(message.isEmpty()).isTrue();
      assertThat(push.send(message.add("c"), Duration.ofMillis(1))).isTrue();
      assertThat(message.isEmpty()).isTrue();
      assertThat(pull.recvMessage()).isEqualTo(Message.of("a", "b"));
      assertThat(pull.recvMessage()).isEqualTo(Message.of("again"));
      assertThat(pull.recvMessage()).isEqualTo(Message.of("c"));
    }

    @Test
    void thatFailsLeavesThem() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Message message = Message.of("a", "b");
      assertThat(push.trySend(message)).isFalse();
      assertThat(push.send(message, Duration.ofMillis(1))).isFalse();
      push.set(SocketOptions.SNDTIMEO, Duration.ZERO);
      assertThatThrownBy(() -> push.send(message)).isInstanceOf(ZmqTimeoutException.class);
      assertThatThrownBy(() -> zmq.socket(PULL).send(message))
          .isInstanceOf(ZmqUnsupportedException.class);
      assertThat(message).isEqualTo(Message.of("a", "b"));
    }

    @Test
    void ofACopyLeavesTheOriginal() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      Message message = Message.of("a").add(random(1, 100_000));
      for (int i = 0; i < 10; i++) {
        push.send(message.copy());
      }
      for (int i = 0; i < 10; i++) {
        Message received = pull.recvMessage();
        assertThat(received).isEqualTo(message);
        received.close();
      }
    }

    @Test
    void ofABufferMovesItsPosition() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      for (ByteBuffer buffer :
          new ByteBuffer[] {ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10)}) {
        buffer.put(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).position(2).limit(5);
        push.send(buffer);
        assertThat(buffer.remaining()).isZero();
        assertThat(pull.recv()).containsExactly(2, 3, 4);
        assertThat(push.trySend(buffer.position(3))).isTrue();
        assertThat(pull.recv()).containsExactly(3, 4);
        push.sendMore(buffer.position(4)).send(buffer.position(2));
        assertThat(pull.recv()).containsExactly(4);
        assertThat(pull.recv()).containsExactly(2, 3, 4);
      }
    }

    @Test
    void ofABufferThatFailsLeavesItsPosition() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      ByteBuffer buffer = ByteBuffer.allocate(10);
      assertThat(push.trySend(buffer)).isFalse();
      assertThat(buffer.remaining()).isEqualTo(10);
    }

    @Test
    void ofAPartOfAnArray() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Socket push = zmq.connected(PUSH, endpoint);
      byte[] octets = {0, 1, 2, 3, 4};
      push.send(octets, 1, 3);
      octets[1] = 9;
      assertThat(pull.recv()).containsExactly(1, 2, 3);
      push.send(octets, 5, 0);
      assertThat(pull.recv()).isEmpty();
    }
  }

  /** A frame over the caller's memory, and how often it was given back. */
  private static final class Memory {
    private final AtomicInteger released = new AtomicInteger();
    private final byte[] content;

    Memory(int size) {
      content = random(size, size);
    }

    Message message() {
      ByteBuffer memory = ByteBuffer.allocateDirect(content.length).put(content).flip();
      return new Message().addShared(memory, released::incrementAndGet);
    }

    void awaitRelease() {
      Await.until("the memory is given back", () -> released.get() > 0);
      assertThat(released.get()).isEqualTo(1);
    }
  }

  @Nested
  class SharedMemory {
    @Test
    void isGivenBackWhenTheMessageIsClosed() {
      Memory memory = new Memory(10);
      Message message = memory.message();
      assertThat(memory.released.get()).isZero();
      message.close();
      message.close();
      assertThat(memory.released.get()).isEqualTo(1);
    }

    @Test
    void isGivenBackWhenItsFrameIsTakenOff() {
      Memory memory = new Memory(10);
      assertThat(memory.message().removeFirst()).isEqualTo(memory.content);
      assertThat(memory.released.get()).isEqualTo(1);
    }

    @Test
    void isGivenBackWithTheLastCopy() {
      Memory memory = new Memory(10);
      Message message = memory.message();
      Message copy = message.copy();
      Message copyOfTheCopy = copy.copy();
      message.close();
      copy.close();
      assertThat(memory.released.get()).isZero();
      assertThat(copyOfTheCopy.bytes(0)).isEqualTo(memory.content);
      copyOfTheCopy.close();
      assertThat(memory.released.get()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 5000, 100_000, 3_000_000})
    void isGivenBackWhenSentOverTcp(int size) {
      sendAndReceive(Endpoints.TCP, size);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 5000, 100_000, 3_000_000})
    void isGivenBackWhenSentOverIpc(int size) {
      sendAndReceive(Endpoints.ipc(), size);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 5000, 100_000, 3_000_000})
    void isGivenBackWhenReadByAnInprocPeer(int size) {
      sendAndReceive(Endpoints.inproc(), size);
    }

    private void sendAndReceive(String endpoint, int size) {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind(endpoint);
      Socket push = zmq.connected(PUSH, bound);
      Memory first = new Memory(size);
      Memory second = new Memory(size);
      push.send(first.message());
      push.send(second.message().addFirst("envelope"));
      assertThat(pull.recv()).isEqualTo(first.content);
      try (Message message = pull.recvMessage()) {
        assertThat(message.bytes(1)).isEqualTo(second.content);
      }
      first.awaitRelease();
      second.awaitRelease();
    }

    @Test
    void whoseCallbackFailsKeepsNoSocketFromItsEnd() {
      Logger logger = Logger.getLogger("io.niomq");
      logger.setFilter(
          entry -> { // as a logger does that needs a file, when there are no descriptors left
            throw new NoClassDefFoundError("on purpose");
          });
      try {
        Context context = Context.create();
        Socket pull = context.socket(PULL);
        Socket push = context.socket(PUSH);
        push.connect(pull.bind(Endpoints.inproc()));
        push.send(
            new Message()
                .addShared(
                    ByteBuffer.allocate(20_000),
                    () -> {
                      throw new AssertionError("on purpose");
                    }));
        pull.close();
        Task<CloseReport> closing = Task.call(() -> context.close(Duration.ofSeconds(1)));
        assertThat(closing.result().complete()).isTrue();
      } finally {
        logger.setFilter(null);
      }
    }

    @Test
    void isGivenBackOnceWhenSentToManySubscribers() {
      Socket xpub = zmq.socket(XPUB).set(SocketOptions.XPUB_VERBOSE, true);
      String tcp = xpub.bind(Endpoints.TCP);
      String inproc = xpub.bind(Endpoints.inproc());
      Socket[] subs = {
        zmq.connected(SUB, tcp), zmq.connected(SUB, tcp), zmq.connected(SUB, inproc)
      };
      for (Socket sub : subs) {
        sub.subscribe("");
        xpub.recv();
      }
      Memory memory = new Memory(100_000);
      xpub.send(memory.message());
      for (Socket sub : subs) {
        assertThat(sub.recv()).isEqualTo(memory.content);
      }
      memory.awaitRelease();
    }

    @Test
    void isGivenBackWhenTheMessageIsDropped() {
      Memory unwanted = new Memory(100_000);
      zmq.bound(PUB, Endpoints.inproc()).send(unwanted.message());
      unwanted.awaitRelease();
      Memory unroutable = new Memory(100_000);
      zmq.socket(ROUTER).send(unroutable.message().addFirst("nobody"));
      unroutable.awaitRelease();
    }

    @Test
    void isGivenBackWhenTheMessageIsConflated() {
      Socket push = zmq.socket(PUSH).set(SocketOptions.CONFLATE, true);
      push.connect(Endpoints.freeTcp());
      Memory older = new Memory(100_000);
      push.send(older.message());
      push.send("newer");
      older.awaitRelease();
      push.set(SocketOptions.LINGER, Duration.ZERO);
    }

    @Test
    void isGivenBackWhenTheLingerIsOver() {
      Socket push = zmq.connected(PUSH, Endpoints.freeTcp());
      Memory memory = new Memory(100_000);
      push.send(memory.message());
      assertThat(memory.released.get()).isZero();
      push.set(SocketOptions.LINGER, Duration.ZERO);
      push.close();
      memory.awaitRelease();
    }

    @Test
    void isGivenBackWhenTheReaderCloses() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      Memory memory = new Memory(100_000);
      zmq.connected(PUSH, endpoint).send(memory.message());
      pull.close();
      memory.awaitRelease();
    }

    @Test
    void isGivenBackWhenBothClose() {
      String endpoint = Endpoints.inproc();
      Socket push = zmq.connected(PUSH, endpoint);
      Memory memory = new Memory(100_000);
      push.send(memory.message());
      push.set(SocketOptions.LINGER, Duration.ZERO);
      push.close();
      zmq.context().close();
      memory.awaitRelease();
    }

    @Test
    void isKeptWhenSendingFails() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Memory memory = new Memory(100_000);
      Message message = memory.message();
      assertThat(push.trySend(message)).isFalse();
      assertThat(memory.released.get()).isZero();
      message.close();
      memory.awaitRelease();
    }

    @Test
    void isGivenBackWhenAnEchoCarriesItBothWays() {
      Socket rep = zmq.socket(REP);
      Socket req = zmq.connected(REQ, rep.bind(Endpoints.inproc()));
      for (int size : new int[] {10, 100_000}) {
        Memory memory = new Memory(size);
        req.send(memory.message());
        rep.send(rep.recvMessage());
        try (Message back = req.recvMessage()) {
          assertThat(back.bytes(0)).isEqualTo(memory.content);
        }
        memory.awaitRelease();
      }
    }
  }

  @Nested
  class Receiving {
    @Test
    void intoAMessageThatIsUsedAgain() {
      Socket pull = zmq.bound(PULL, Endpoints.TCP);
      Socket push = zmq.connected(PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      try (Message message = Message.of("of before")) {
        assertThat(pull.tryRecv(message)).isFalse();
        assertThat(message.isEmpty()).isTrue();
        for (int i = 0; i < 10; i++) {
          push.send(Message.of("m" + i, "x").add(new byte[100_000]));
          pull.recv(message);
          assertThat(message.strings().subList(0, 2)).containsExactly("m" + i, "x");
          assertThat(message.size(2)).isEqualTo(100_000);
          assertThat(message.peerProperties().get("Socket-Type")).isEqualTo("PUSH");
        }
        assertThat(pull.recv(message, Duration.ofMillis(5))).isFalse();
        pull.set(SocketOptions.RCVTIMEO, Duration.ofMillis(5));
        assertThatThrownBy(() -> pull.recv(message)).isInstanceOf(ZmqTimeoutException.class);
        push.send(Message.of("a", "b"));
        assertThat(pull.recv(message, Await.LONG)).isTrue();
        assertThat(message).isEqualTo(Message.of("a", "b"));
      }
    }

    @Test
    void givesTheRestOfAMessageThatWasBegun() {
      String endpoint = Endpoints.inproc();
      Socket pull = zmq.bound(PULL, endpoint);
      zmq.connected(PUSH, endpoint).send(Message.of("a", "b", "c"));
      assertThat(pull.recvString()).isEqualTo("a");
      assertThat(pull.recvMessage()).isEqualTo(Message.of("b", "c"));
      assertThat(pull.hasMore()).isFalse();
      assertThat(pull.tryRecvMessage()).isNull();
    }

    @Test
    void keepsLargeFramesUntilTheMessageIsClosed() {
      Socket pull = zmq.socket(PULL);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.TCP));
      byte[][] bodies =
          IntStream.range(0, 20).mapToObj(i -> random(i, 200_000)).toArray(byte[][]::new);
      Message[] received = new Message[bodies.length];
      for (int i = 0; i < bodies.length; i++) {
        push.send(bodies[i]);
        received[i] = pull.recvMessage();
      }
      for (int i = 0; i < bodies.length; i++) {
        assertThat(received[i].bytes(0)).isEqualTo(bodies[i]);
        assertThat(received[i].buffer(0)).isEqualTo(ByteBuffer.wrap(bodies[i]));
        received[i].close();
      }
    }

    @Test
    void mayBeForwardedWithoutACopy() {
      String endpoint = Endpoints.inproc();
      Socket in = zmq.bound(PULL, endpoint);
      Socket source = zmq.connected(PUSH, endpoint);
      Socket out = zmq.socket(DEALER);
      Socket sink = zmq.connected(DEALER, out.bind(Endpoints.TCP));
      byte[] body = random(3, 500_000);
      source.send(Message.of(body).addFirst("head"));
      out.send(in.recvMessage());
      try (Message message = sink.recvMessage()) {
        assertThat(message.string(0)).isEqualTo("head");
        assertThat(message.bytes(1)).isEqualTo(body);
      }
    }
  }
}
