package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REP;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.ROUTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any number of threads may use one socket, a whole message at a time. */
@ExtendWith(NoLeaks.class)
class SharedSocketTest {
  private static final int THREADS = 4;
  private static final int MESSAGES = 2000;

  @RegisterExtension final Sockets zmq = new Sockets();

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  /** Message {@code i} of thread {@code t}; the third frame belongs to the first two. */
  private static Message message(int t, int i) {
    return Message.of(Integer.toString(t), Integer.toString(i), t + " " + i);
  }

  private static List<Task<Void>> senders(Socket socket) {
    List<Task<Void>> senders = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      senders.add(
          Task.run(
              () -> {
                for (int i = 0; i < MESSAGES; i++) {
                  if (i % 3 == 0) { // frame by frame
                    socket.sendMore(Integer.toString(thread)).sendMore(Integer.toString(i));
                    socket.send(thread + " " + i);
                  } else {
                    socket.send(message(thread, i));
                  }
                }
              }));
    }
    return senders;
  }

  /** Notes one message; fails when it was seen before or its frames do not belong together. */
  private static void note(BitSet seen, Message message) {
    assertThat(message.frameCount()).isEqualTo(3);
    int t = Integer.parseInt(message.string(0));
    int i = Integer.parseInt(message.string(1));
    assertThat(message).isEqualTo(message(t, i));
    synchronized (seen) {
      assertThat(seen.get(t * MESSAGES + i)).as("twice: " + message).isFalse();
      seen.set(t * MESSAGES + i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void manySendersKeepTheirOrder(String transport) {
    Socket pull = zmq.socket(PULL);
    Socket push = zmq.connected(PUSH, pull.bind(endpoint(transport)));
    List<Task<Void>> senders = senders(push);
    int[] next = new int[THREADS];
    for (int n = 0; n < THREADS * MESSAGES; n++) {
      Message message = pull.recvMessage();
      int t = Integer.parseInt(message.string(0));
      assertThat(message).isEqualTo(message(t, next[t]++));
    }
    senders.forEach(Task::result);
    assertThat(pull.tryRecv()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void manyReceiversShareTheMessages(String transport) {
    Socket pull = zmq.socket(PULL);
    Socket push = zmq.connected(PUSH, pull.bind(endpoint(transport)));
    BitSet seen = new BitSet();
    List<Task<Void>> receivers = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      boolean byFrame = t % 2 == 0;
      receivers.add(
          Task.run(
              () -> {
                for (int i = 0; i < MESSAGES; i++) {
                  note(seen, byFrame ? frameByFrame(pull) : pull.recvMessage());
                }
              }));
    }
    List<Task<Void>> senders = senders(push);
    senders.forEach(Task::result);
    receivers.forEach(Task::result);
    assertThat(seen.cardinality()).isEqualTo(THREADS * MESSAGES);
    assertThat(pull.tryRecv()).isNull();
  }

  private static Message frameByFrame(Socket socket) {
    Message message = new Message().add(socket.recv());
    while (socket.hasMore()) {
      message.add(socket.recv());
    }
    return message;
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp"})
  void sendersAndReceiversMayMix(String transport) {
    Socket one = zmq.socket(DEALER);
    Socket two = zmq.connected(DEALER, one.bind(endpoint(transport)));
    BitSet seenByOne = new BitSet();
    BitSet seenByTwo = new BitSet();
    List<Task<Void>> tasks = new ArrayList<>();
    tasks.addAll(senders(one));
    tasks.addAll(senders(two));
    for (int t = 0; t < THREADS; t++) {
      tasks.add(receiver(one, seenByOne));
      tasks.add(receiver(two, seenByTwo));
    }
    tasks.forEach(Task::result);
    assertThat(seenByOne.cardinality()).isEqualTo(THREADS * MESSAGES);
    assertThat(seenByTwo.cardinality()).isEqualTo(THREADS * MESSAGES);
  }

  private static Task<Void> receiver(Socket socket, BitSet seen) {
    return Task.run(
        () -> {
          for (int i = 0; i < MESSAGES; i++) {
            note(seen, socket.recvMessage());
          }
        });
  }

  @Test
  void manyThreadsMayServeOneRouter() {
    Socket router = zmq.socket(ROUTER);
    String bound = router.bind(Endpoints.TCP);
    List<Task<Void>> servers = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      servers.add(
          Task.run(
              () -> {
                for (Message m = router.recvMessage(); m.size(2) > 0; m = router.recvMessage()) {
                  router.send(m);
                }
              }));
    }
    List<Task<Void>> clients = new ArrayList<>();
    for (int c = 0; c < THREADS; c++) {
      Socket req = zmq.connected(REQ, bound);
      String name = "client " + c + " ";
      clients.add(
          Task.run(
              () -> {
                for (int i = 0; i < 200; i++) {
                  req.send(name + i);
                  assertThat(req.recvString()).isEqualTo(name + i);
                }
              }));
    }
    clients.forEach(Task::result);
    for (int t = 0; t < THREADS; t++) {
      zmq.connected(REQ, bound).send("");
    }
    servers.forEach(Task::result);
  }

  @Test
  void aConversationMayPassFromThreadToThread() {
    Socket rep = zmq.socket(REP);
    Socket req = zmq.connected(REQ, rep.bind(Endpoints.TCP));
    for (int i = 0; i < 10; i++) {
      int round = i;
      Task.run(() -> req.send("question " + round)).result();
      String question = Task.call(rep::recvString).result();
      Task.run(() -> rep.send("answer to " + question)).result();
      assertThat(Task.call(req::recvString).result()).isEqualTo("answer to question " + round);
    }
  }

  @Test
  void waitingInOneThreadDoesNotKeepOthersFromSending() {
    Socket one = zmq.socket(DEALER);
    Socket two = zmq.connected(DEALER, one.bind(Endpoints.TCP));
    Task<String> waiting = Task.call(two::recvString).untilWaiting();
    for (int i = 0; i < 100; i++) {
      two.send("m" + i);
      assertThat(one.recvString()).isEqualTo("m" + i);
    }
    one.send("end");
    assertThat(waiting.result()).isEqualTo("end");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp"})
  void eachMessageWakesOneOfThoseWaiting(String transport) {
    Socket pull = zmq.socket(PULL);
    Socket push = zmq.connected(PUSH, pull.bind(endpoint(transport)));
    for (int round = 0; round < 10; round++) {
      List<Task<String>> waiting = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        waiting.add(Task.call(pull::recvString).untilWaiting());
      }
      for (int t = 0; t < THREADS; t++) {
        push.send("m" + t);
      }
      assertThat(waiting.stream().map(Task::result))
          .containsExactlyInAnyOrder("m0", "m1", "m2", "m3");
    }
  }
}
