package io.niomq.interop;

import io.niomq.SocketType;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every legal pair of socket types, with NioMQ as either of them, either side binding. */
@ExtendWith({NioMq.class, Libzmq.class})
class LegalPairsTest {

  static Stream<Arguments> pairs() {
    return Stream.of(SocketType.values())
        .flatMap(
            ours ->
                ours.peers().stream()
                    .flatMap(
                        theirs ->
                            Stream.of(Transport.values())
                                .flatMap(
                                    transport ->
                                        Stream.of(true, false)
                                            .map(
                                                weBind ->
                                                    Arguments.of(
                                                        ours, theirs, transport, weBind)))));
  }

  @ParameterizedTest(name = "NioMQ {0} and libzmq {1} over {2}, NioMQ binds: {3}")
  @MethodSource("pairs")
  void exchangeMessages(
      SocketType ours,
      SocketType theirs,
      Transport transport,
      boolean weBind,
      NioSockets sockets,
      LibzmqPeer libzmq) {
    End a = sockets.end(ours);
    End b = libzmq.socket(theirs);
    Exchange.prepare(a);
    Exchange.prepare(b);
    sockets.join(transport, weBind ? a : b, weBind ? b : a);
    Exchange.run(a, b);
  }
}
