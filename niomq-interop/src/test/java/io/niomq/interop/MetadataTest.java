package io.niomq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.PeerProperties;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Properties that one side tells of itself in the handshake and the other reads with a message. */
@ExtendWith({NioMq.class, Libzmq.class})
class MetadataTest {
  private static final int METADATA = 95;

  @Test
  void ofLibzmqIsReadHere(NioSockets sockets, LibzmqPeer libzmq) {
    Socket router = sockets.open(SocketType.ROUTER);
    String endpoint = router.bind(sockets.endpoint(Transport.TCP));
    LibzmqSocket dealer = libzmq.socket(SocketType.DEALER);
    dealer.name("theirs");
    dealer.set(METADATA, "X-hello:world");
    dealer.connect(endpoint);
    dealer.send("x");
    PeerProperties peer = router.recvMessage().peerProperties();
    assertThat(peer.toString())
        .isEqualTo("{Identity=theirs, Peer-Address=127.0.0.1, Socket-Type=DEALER, X-hello=world}");
  }

  @Test
  void ofOursIsReadByLibzmq(NioSockets sockets, LibzmqPeer libzmq) {
    LibzmqSocket pull = libzmq.socket(SocketType.PULL);
    String endpoint = pull.bind(sockets.foreignEndpoint(Transport.TCP));
    Socket push =
        sockets
            .open(SocketType.PUSH)
            .set(SocketOptions.METADATA, "X-hello:world")
            .set(SocketOptions.METADATA, "X-hello:again");
    push.connect(endpoint);
    push.send("x");
    assertThat(pull.recvProperties("Socket-Type", "X-hello", "X-other"))
        .isEqualTo("Socket-Type=PUSH X-hello=world X-other=(none)");
  }
}
