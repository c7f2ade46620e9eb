package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our STREAM, and our raw ROUTER, against libzmq's: notices, octets, ends. */
@ExtendWith({NioMq.class, Libzmq.class})
class StreamTest {

  private static Message message(byte[] id, String body) {
    return new Message().add(id).add(body);
  }

  private static byte[] notice(End end) {
    Message notice = end.recv();
    assertThat(notice.frameCount()).isEqualTo(2);
    assertThat(notice.bytes(1)).isEmpty();
    return notice.bytes(0);
  }

  /** libzmq closes when it has sent what is queued, and is called once more after that. */
  private static Message noticeWhilePoking(NioSocket ours, LibzmqSocket theirs) {
    long start = System.nanoTime();
    Message notice = null;
    while (notice == null && System.nanoTime() - start < NioSockets.LONGEST_WAIT.toNanos()) {
      theirs.poke();
      notice = ours.recv(Duration.ofMillis(100));
    }
    return notice;
  }

  @ParameterizedTest(name = "NioMQ binds: {0}")
  @ValueSource(booleans = {true, false})
  void exchangeOctets(boolean weBind, NioSockets sockets, LibzmqPeer libzmq) {
    End ours = sockets.end(SocketType.STREAM);
    End theirs = libzmq.socket(SocketType.STREAM);
    sockets.join(Transport.TCP, weBind ? ours : theirs, weBind ? theirs : ours);
    exchange(ours, theirs);
  }

  private static void exchange(End ours, End theirs) {
    byte[] them = notice(ours);
    byte[] us = notice(theirs);
    ours.send(message(them, "question"));
    assertThat(theirs.recv()).isEqualTo(message(us, "question"));
    theirs.send(message(us, "answer"));
    assertThat(ours.recv()).isEqualTo(message(them, "answer"));
  }

  /** A PLAIN server without a ZAP handler lets nobody in; but there is no PLAIN without ZMTP. */
  @ParameterizedTest(name = "NioMQ binds: {0}")
  @ValueSource(booleans = {true, false})
  void knowNoSecurity(boolean weBind, NioSockets sockets, LibzmqPeer libzmq) {
    NioSocket ours = sockets.end(SocketType.STREAM);
    ours.socket().set(SocketOptions.PLAIN_SERVER, true).set(SocketOptions.ZAP_DOMAIN, "d");
    LibzmqSocket theirs =
        libzmq.socket(SocketType.STREAM).set("PLAIN_SERVER", 1).set("ZAP_DOMAIN", "d");
    sockets.join(Transport.TCP, weBind ? ours : theirs, weBind ? theirs : ours);
    exchange(ours, theirs);
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "ROUTER"})
  void theirEndIsTold(SocketType type, NioSockets sockets, LibzmqPeer libzmq) {
    NioSocket ours = sockets.end(type);
    if (type == SocketType.ROUTER) {
      ours.socket().set(SocketOptions.ROUTER_RAW, true);
    }
    LibzmqSocket theirs = libzmq.socket(SocketType.STREAM);
    sockets.join(Transport.TCP, ours, theirs);
    byte[] them = notice(ours);
    byte[] us = notice(theirs);
    theirs.send(message(us, "last words"));
    theirs.send(message(us, ""));
    theirs.poke();
    assertThat(ours.recv()).isEqualTo(message(them, "last words"));
    assertThat(noticeWhilePoking(ours, theirs)).isEqualTo(message(them, ""));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ourEndIsTold(boolean weBind, NioSockets sockets, LibzmqPeer libzmq) {
    End ours = sockets.end(SocketType.STREAM);
    LibzmqSocket theirs = libzmq.socket(SocketType.STREAM);
    sockets.join(Transport.TCP, weBind ? ours : theirs, weBind ? theirs : ours);
    byte[] them = notice(ours);
    byte[] us = notice(theirs);
    ours.send(message(them, "last words"));
    ours.send(message(them, ""));
    assertThat(theirs.recv()).isEqualTo(message(us, "last words"));
    assertThat(notice(theirs)).isEqualTo(us);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "s"})
  void aConnectIsNamed(String name, NioSockets sockets, LibzmqPeer libzmq) {
    Socket ours = sockets.open(SocketType.STREAM);
    LibzmqSocket theirs = libzmq.socket(SocketType.STREAM);
    String endpoint = sockets.bind(Transport.TCP, theirs);
    byte[] id = name.getBytes(StandardCharsets.US_ASCII);
    ours.set(SocketOptions.CONNECT_ROUTING_ID, id);
    ours.connect(endpoint);
    ours.send(message(id, "hello"));
    byte[] us = notice(theirs);
    assertThat(theirs.recv()).isEqualTo(message(us, "hello"));
  }
}
