package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketType;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long the I/O thread leaves a socket's channels to a thread that reads them by itself. */
@ExtendWith(NoLeaks.class)
class ClaimTest {
  private static final int MESSAGES = 100;
  private static final String MESSAGE = "00 01 78 ";

  @Test
  void endsWhileAThreadTakesWhatIsQueuedAndReadsNoChannel() {
    try (Context context = Context.create()) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      String endpoint = pull.endpoints().bind(Endpoints.TCP);
      try (RawPeer push = RawPeer.connect(endpoint)) {
        push.handshake("PUSH");
        Task<Integer> reader =
            Task.call(
                () -> {
                  pull.receiving().recv(-1); // this wait claims the socket
                  int ticks = 0;
                  long seen = 0;
                  while (seen >= 0 && ++ticks < MESSAGES) {
                    pull.receiving().recv(-1); // was read together with the first
                    seen = pull.pipes().reclaim(seen); // as the I/O thread does now and then
                  }
                  return ticks;
                });
        reader.untilWaiting();
        push.send(MESSAGE.repeat(MESSAGES));
        assertThat(reader.result()).isLessThan(MESSAGES / 2);
      } finally {
        pull.close();
      }
    }
  }

  @Test
  void lastsWhileAPollerThatNeverSleepsReads() throws Exception {
    try (Context context = Context.create()) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      SocketCore busy = Cores.of(context).socket(SocketType.PULL);
      PollSet set = new PollSet(Cores.of(context));
      set.put(pull, Waiter.IN);
      set.put(busy, Waiter.IN);
      try (RawPeer push = RawPeer.connect(pull.endpoints().bind(Endpoints.TCP));
          RawPeer other = RawPeer.connect(busy.endpoints().bind(Endpoints.TCP))) {
        push.handshake("PUSH");
        other.handshake("PUSH");
        Await.oneInTime(() -> readBeside(set, busy, other, pull, push));
      } finally {
        set.close();
        pull.close();
        busy.close();
      }
    }
  }

  /** Who parks while another thread only looks is left to no tick. */
  @Test
  void endsWhenAThreadHasLookedAndAnotherOneWaits() {
    try (Context context = Context.create()) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      try (RawPeer push = RawPeer.connect(pull.endpoints().bind(Endpoints.TCP))) {
        push.handshake("PUSH");
        Task<byte[]> other = null;
        for (int i = 0; other == null; i++) {
          assertThat(i).isLessThan(100);
          other = waitBesideALook(pull, push);
        }
        assertThat(pull.waiting().isClaimed()).isFalse();
        push.send(MESSAGE);
        assertThat(other.result()).isNotNull();
      } finally {
        pull.close();
      }
    }
  }

  /** Over inproc, while another thread has the channel: nobody was woken for it. */
  @Test
  void isNoReasonToLeaveAMessageFromElsewhereToNobody() {
    String name = Endpoints.inproc();
    try (Context context = Context.create();
        Socket inproc = context.socket(SocketType.PUSH)) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      try (RawPeer push = RawPeer.connect(pull.endpoints().bind(Endpoints.TCP))) {
        push.handshake("PUSH");
        pull.endpoints().bind(name);
        inproc.connect(name);
        boolean looked = false;
        for (int i = 0; !looked; i++) {
          assertThat(i).isLessThan(100);
          looked = isReceivedBesideALook(pull, push, inproc);
        }
      } finally {
        pull.close();
      }
    }
  }

  /** False if the claim had ended before this thread could look. */
  private static boolean isReceivedBesideALook(SocketCore pull, RawPeer push, Socket inproc) {
    Task<byte[]> claimer = Task.call(() -> pull.receiving().recv(-1)).untilWaiting();
    push.send(MESSAGE);
    claimer.result();
    LongLook look = WrappedLink.wrap(pull.pipes(), link -> new LongLook(link, pull, inproc));
    byte[] found = pull.receiving().recv(0);
    look.unwrap(pull.pipes());
    if (look.other == null) {
      assertThat(found).isNull();
      return false;
    }
    if (found != null) {
      inproc.send("for the other one");
    }
    assertThat(look.other.result()).isNotNull();
    return true;
  }

  /** Who waits since this thread has looked; null if the claim had ended before it could. */
  private static Task<byte[]> waitBesideALook(SocketCore pull, RawPeer push) {
    Task<byte[]> claimer = Task.call(() -> pull.receiving().recv(-1)).untilWaiting();
    push.send(MESSAGE);
    claimer.result();
    LongLook look = WrappedLink.wrap(pull.pipes(), link -> new LongLook(link, pull, null));
    assertThat(pull.receiving().recv(0)).isNull();
    look.unwrap(pull.pipes());
    return look.other;
  }

  /** While a thread looks, another one begins to wait, and perhaps a message is sent to them. */
  private static final class LongLook extends WrappedLink {
    private final SocketCore pull;
    private final Socket sender;
    private Task<byte[]> other;

    LongLook(PipeLink link, SocketCore pull, Socket sender) {
      super(link);
      this.pull = pull;
      this.sender = sender;
    }

    @Override
    public boolean fill() {
      if (other == null) {
        other = Task.call(() -> pull.receiving().recv(-1)).untilWaiting();
        if (sender != null) {
          sender.send("while nobody may be woken");
        }
      }
      return super.fill();
    }
  }

  private static void readBeside(
      PollSet set, SocketCore busy, RawPeer other, SocketCore pull, RawPeer push) {
    for (int i = 0; i < 10; i++) {
      assertThat(set.poll(1_000_000)).isZero(); // these waits claim both
    }
    other.send(MESSAGE);
    for (int i = 0; i < 20; i++) {
      push.send(MESSAGE);
      long end = System.nanoTime() + 1_000_000;
      while (set.ready(pull) == 0 || System.nanoTime() - end < 0) {
        assertThat(set.poll(-1)).isPositive();
      }
      assertThat(pull.receiving().recv(0)).isNotNull();
    }
    boolean lasts = pull.waiting().isClaimed();
    assertThat(busy.receiving().recv(0)).isNotNull();
    assertThat(lasts).isTrue();
  }
}
