package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Proxy;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code zmq_proxy_steerable}: either side's proxy, steered by the other side. */
@ExtendWith({NioMq.class, Libzmq.class})
class ProxySteeringTest {

  private static List<Long> numbers(Message answer) {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < answer.frameCount(); i++) {
      numbers.add(ByteBuffer.wrap(answer.bytes(i)).order(ByteOrder.nativeOrder()).getLong());
    }
    return numbers;
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void libzmqsPairSteersOurProxy(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
    Socket pull = sockets.open(SocketType.PULL);
    Socket push = sockets.open(SocketType.PUSH);
    Socket control = sockets.open(SocketType.PAIR);
    LibzmqSocket source = libzmq.socket(SocketType.PUSH);
    LibzmqSocket sink = libzmq.socket(SocketType.PULL);
    LibzmqSocket chief = libzmq.socket(SocketType.PAIR);
    sockets.join(transport, new NioSocket(pull), source);
    sockets.join(transport, new NioSocket(push), sink);
    sockets.join(transport, new NioSocket(control), chief);
    try (Proxy proxy = Proxy.between(pull, push).control(control).start()) {
      source.send(Message.of("ab", "cde"));
      assertThat(sink.recv()).isEqualTo(Message.of("ab", "cde"));
      chief.send(Message.of("PAUSE"));
      chief.send(Message.of("STATISTICS"));
      assertThat(numbers(chief.recv())).containsExactly(1L, 5L, 0L, 0L, 0L, 0L, 1L, 5L);
      assertThat(proxy.isPaused()).isTrue();
      source.send(Message.of("waits"));
      assertThat(pull.recvMessage()).isEqualTo(Message.of("waits"));
      source.send(Message.of("goes on"));
      chief.send(Message.of("RESUME"));
      assertThat(sink.recv()).isEqualTo(Message.of("goes on"));
      chief.send(Message.of("TERMINATE"));
      assertThat(proxy.await(NioSockets.LONGEST_WAIT)).isTrue();
    }
  }

  @Test
  void libzmqsReqSteersOurProxy(NioSockets sockets, LibzmqPeer libzmq) {
    Socket pull = sockets.open(SocketType.PULL);
    Socket push = sockets.open(SocketType.PUSH);
    Socket control = sockets.open(SocketType.REP);
    LibzmqSocket chief = libzmq.socket(SocketType.REQ);
    sockets.join(Transport.TCP, new NioSocket(control), chief);
    try (Proxy proxy = Proxy.between(pull, push).control(control).start()) {
      for (String command : List.of("PAUSE", "RESUME", "nonsense")) {
        chief.send(Message.of(command));
        assertThat(chief.recv()).isEqualTo(Message.of(""));
        assertThat(proxy.isPaused()).isEqualTo(command.equals("PAUSE"));
      }
      chief.send(Message.of("STATISTICS"));
      assertThat(numbers(chief.recv())).hasSize(8).containsOnly(0L);
      chief.send(Message.of("TERMINATE"));
      assertThat(chief.recv()).isEqualTo(Message.of(""));
      assertThat(proxy.await(NioSockets.LONGEST_WAIT)).isTrue();
    }
  }

  @Test
  void ourPairSteersLibzmqsProxy(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket pull = libzmq.socket(SocketType.PULL);
    LibzmqSocket push = libzmq.socket(SocketType.PUSH);
    LibzmqSocket control = libzmq.socket(SocketType.PAIR);
    Socket source = sockets.open(SocketType.PUSH);
    Socket sink = sockets.open(SocketType.PULL);
    Socket chief = sockets.open(SocketType.PAIR);
    sockets.join(Transport.TCP, pull, new NioSocket(source));
    sockets.join(Transport.TCP, push, new NioSocket(sink));
    sockets.join(Transport.TCP, control, new NioSocket(chief));
    pull.beginProxy(push, control);
    source.send(Message.of("ab", "cde"));
    assertThat(sink.recvMessage()).isEqualTo(Message.of("ab", "cde"));
    chief.send("PAUSE");
    chief.send("STATISTICS");
    assertThat(numbers(chief.recvMessage())).containsExactly(1L, 5L, 0L, 0L, 0L, 0L, 1L, 5L);
    source.send("waits");
    chief.send("STATISTICS");
    assertThat(numbers(chief.recvMessage())).containsExactly(1L, 5L, 0L, 0L, 0L, 0L, 1L, 5L);
    chief.send("RESUME");
    assertThat(sink.recvString()).isEqualTo("waits");
    chief.send("TERMINATE");
    libzmq.finish();
  }
}
