package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.PeerProperties;
import io.niomq.SocketType;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.InprocLink;
import io.niomq.internal.pipe.Peer;
import io.niomq.internal.pipe.Pipe;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A socket that sends and closes while its pipe is being joined to that of a ROUTER, which learns
 * of a peer last: what it has sent is received. The steps are those of {@code InprocRegistry}.
 */
@ExtendWith(NoLeaks.class)
class InprocJoiningTest {
  private static final int MARK = 1000;
  private static final byte[] MESSAGE = "sent in time".getBytes(StandardCharsets.UTF_8);

  private final Context context = Context.create();
  private final String name = Endpoints.inproc();
  private final SocketCore router = Cores.of(context).socket(SocketType.ROUTER);
  private final SocketCore dealer = Cores.of(context).socket(SocketType.DEALER);
  private final InprocLink link = new InprocLink(null);

  @AfterEach
  void close() {
    router.close();
    dealer.close();
    context.close();
  }

  private static OptionValues options(SocketCore socket) {
    socket.pipes().lock();
    try {
      return socket.optionValues().snapshot();
    } finally {
      socket.pipes().unlock();
    }
  }

  private Pipe connecting(SocketCore connector) {
    Pipe pipe = connector.pipes().newPipe(options(connector), name);
    pipe.link = link;
    pipe.isInproc = true;
    pipe.isParked = true;
    assertThat(connector.pipes().attach(pipe)).isTrue();
    return pipe;
  }

  private static Peer peer(SocketCore socket) {
    return new Peer(socket.type(), new byte[0], Peer.INPROC, "inproc", PeerProperties.NONE);
  }

  private static Pipe join(SocketCore binder, Pipe theirs, Peer connector) {
    Pipe pipe = new Pipe(binder.pipes(), theirs.out, theirs.in);
    binder.pipes().joinInproc(pipe, new InprocLink(theirs), theirs, connector, MARK);
    assertThat(binder.pipes().attach(pipe)).isTrue();
    return pipe;
  }

  private void sendAndClose() {
    assertThat(dealer.sending().send(MESSAGE, 0, MESSAGE.length, 0)).isTrue();
    dealer.close();
  }

  private void assertReceived() {
    assertThat(router.receiving().recv(0)).as("routing id").hasSize(5);
    assertThat(router.receiving().recv(0)).isEqualTo(MESSAGE);
    assertThat(router.receiving().recv(0)).isNull();
    assertThat(router.pipes().all()).isEmpty();
  }

  @Test
  void whoHasConnectedAndClosesIsHeard() {
    Pipe theirs = connecting(dealer);
    dealer.pipes().adopted(theirs, MARK);
    Pipe pipe = join(router, theirs, peer(dealer));
    dealer.pipes().joinInproc(theirs, link, pipe, peer(router), MARK);
    sendAndClose();
    router.pipes().connectedInproc(pipe);
    dealer.pipes().connectedInproc(theirs);
    assertReceived();
  }

  @Test
  void whoHasBoundAndClosesIsHeard() {
    Pipe theirs = connecting(router);
    router.pipes().adopted(theirs, MARK);
    Pipe pipe = join(dealer, theirs, peer(router));
    sendAndClose();
    router.pipes().joinInproc(theirs, link, pipe, peer(dealer), MARK);
    dealer.pipes().connectedInproc(pipe);
    router.pipes().connectedInproc(theirs);
    assertReceived();
  }
}
