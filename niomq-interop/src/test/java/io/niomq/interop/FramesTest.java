package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketType;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames of all sizes, and messages of many frames, in both directions. */
@ExtendWith({NioMq.class, Libzmq.class})
class FramesTest {
  private static final int[] SIZES = {0, 1, 255, 256, 8191, 65_535, 64 << 10, 1 << 20, 64 << 20};

  static Stream<Arguments> sizes() {
    return Stream.of(Transport.values())
        .flatMap(transport -> Arrays.stream(SIZES).mapToObj(size -> Arguments.of(transport, size)));
  }

  @ParameterizedTest(name = "{1} octets over {0}")
  @MethodSource("sizes")
  void goOut(Transport transport, int size, NioSockets sockets, LibzmqPeer libzmq) {
    End push = sockets.end(SocketType.PUSH);
    LibzmqSocket pull = libzmq.socket(SocketType.PULL);
    sockets.join(transport, pull, push);
    pull.beginRecvDigest();
    byte[] blob = Generated.blob(size);
    push.send(Message.of(blob));
    assertThat(libzmq.finish()).isEqualTo(size + " " + Generated.sha256(blob));
  }

  @ParameterizedTest(name = "{1} octets over {0}")
  @MethodSource("sizes")
  void comeIn(Transport transport, int size, NioSockets sockets, LibzmqPeer libzmq) {
    Socket pull = sockets.open(SocketType.PULL);
    LibzmqSocket push = libzmq.socket(SocketType.PUSH);
    sockets.join(transport, new NioSocket(pull), push);
    push.sendBlob(size);
    byte[] received = pull.recv();
    assertThat(pull.hasMore()).isFalse();
    assertThat(received).hasSize(size);
    assertThat(Generated.sha256(received)).isEqualTo(Generated.sha256(Generated.blob(size)));
  }

  @ParameterizedTest
  @EnumSource
  void makeUpMessages(Transport transport, NioSockets sockets, LibzmqPeer libzmq) {
    End ours = sockets.end(SocketType.DEALER);
    End theirs = libzmq.socket(SocketType.DEALER);
    sockets.join(transport, ours, theirs);
    for (Message message : messages()) {
      ours.send(message.copy());
      assertThat(theirs.recv()).isEqualTo(message);
      theirs.send(message.copy());
      assertThat(ours.recv()).isEqualTo(message);
    }
  }

  private static Message[] messages() {
    byte[] everyOctet = new byte[256];
    Message hundred = new Message();
    Message growing = new Message();
    for (int i = 0; i < everyOctet.length; i++) {
      everyOctet[i] = (byte) i;
    }
    for (int i = 0; i < 100; i++) {
      hundred.add("frame " + i);
      growing.add(new byte[i * 7]);
    }
    return new Message[] {
      Message.of(""),
      Message.of("", ""),
      Message.of("one", "two", "three"),
      Message.of("", "between", ""),
      Message.of("between", "", "between"),
      Message.of(everyOctet),
      Message.of(everyOctet, new byte[0], everyOctet),
      hundred,
      growing,
      Message.of(new byte[255], new byte[256], Generated.blob(10_000), new byte[1])
    };
  }

  @Test
  void areReadOneByOne(NioSockets sockets, LibzmqPeer libzmq) {
    Socket pull = sockets.open(SocketType.PULL);
    End push = libzmq.socket(SocketType.PUSH);
    sockets.join(Transport.TCP, new NioSocket(pull), push);
    push.send("a", "", "c");
    assertThat(pull.recvString()).isEqualTo("a");
    assertThat(pull.hasMore()).isTrue();
    assertThat(pull.recvString()).isEmpty();
    assertThat(pull.hasMore()).isTrue();
    assertThat(pull.recvString()).isEqualTo("c");
    assertThat(pull.hasMore()).isFalse();
  }

  @Test
  void areSentOneByOne(NioSockets sockets, LibzmqPeer libzmq) {
    Socket push = sockets.open(SocketType.PUSH);
    End pull = libzmq.socket(SocketType.PULL);
    sockets.join(Transport.TCP, new NioSocket(push), pull);
    push.sendMore("a").sendMore("").send("c");
    push.send("next");
    assertThat(pull.recv()).isEqualTo(Message.of("a", "", "c"));
    assertThat(pull.recv()).isEqualTo(Message.of("next"));
  }
}
