package io.niomq.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Context;
import io.niomq.DropReason;
import io.niomq.Errno;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqTerminatedException;
import io.niomq.internal.endpoint.Dialer;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.Transports;
import io.niomq.testing.Await;
import io.niomq.testing.Cores;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a socket remembers for reports is whole, and does not grow. */
@ExtendWith(NoLeaks.class)
class BookkeepingTest {

  private static SocketEvent event(SocketEvent.Type type) {
    return new SocketEvent(type, "", "", "", Errno.EAGAIN);
  }

  /** The context is shut down between the making of the monitor's PAIR and its bind. */
  @Test
  void aMonitorThatComesTooLateIsGone() {
    try (Context context = Context.create()) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      SocketCore pair = Cores.of(context).monitorSocket();
      context.shutdown();
      Monitor monitor = new Monitor(pull, pair, Monitor.format(Endpoints.inproc(), 0, 1), () -> {});
      assertThatThrownBy(monitor::bind).isInstanceOf(ZmqTerminatedException.class);
      assertThat(pair.isClosed()).isTrue();
      pull.close();
      context.close(Await.LONG);
    }
  }

  @Test
  void aListenerThatIsTooSlowCostsEventsAndNoMemory() {
    try (Context context = Context.create()) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      Queue<SocketEvent.Type> told = new ConcurrentLinkedQueue<>();
      CountDownLatch goOn = new CountDownLatch(1);
      pull.watchers()
          .listen(
              e -> {
                try {
                  goOn.await();
                } catch (InterruptedException end) {
                  Thread.currentThread().interrupt();
                }
                told.add(e.type());
              });
      int events = Watchers.UNTOLD_MAX + 100;
      for (int i = 0; i < events; i++) {
        pull.event(event(SocketEvent.Type.LISTENING));
      }
      long lost = pull.drops().counts().get(DropReason.EVENT_UNREAD);
      assertThat(lost).isBetween(99L, 100L); // one is being told
      goOn.countDown();
      Await.until("all others are told", () -> told.size() == events - lost);
      pull.event(event(SocketEvent.Type.CLOSED));
      pull.close();
      Await.until("told of the end", () -> told.size() == events - lost + 2);
      assertThat(told).endsWith(SocketEvent.Type.CLOSED, SocketEvent.Type.MONITOR_STOPPED);
    }
  }

  @Test
  void aListenerOfSubscriptionsThatIsTooSlow() {
    try (Context context = Context.create();
        Socket pub = context.socket(SocketType.PUB);
        Socket sub = context.socket(SocketType.SUB)) {
      CountDownLatch goOn = new CountDownLatch(1);
      AtomicInteger told = new AtomicInteger();
      pub.onSubscription(
          e -> {
            try {
              goOn.await();
            } catch (InterruptedException end) {
              Thread.currentThread().interrupt();
            }
            told.incrementAndGet();
          });
      String endpoint = Endpoints.inproc();
      pub.bind(endpoint);
      sub.connect(endpoint);
      int events = Gathering.UNTOLD_MAX + 100;
      for (int i = 0; i < events; i++) {
        sub.subscribe(Integer.toString(i));
      }
      long lost = pub.drops().get(DropReason.EVENT_UNREAD);
      assertThat(lost).isBetween(99L, 100L);
      goOn.countDown();
      Await.until("all others are told", () -> told.get() == events - lost);
    }
  }

  /** A listener may end all of it: its thread is not waited for. */
  @Test
  void aListenerMayCloseTheContext() throws InterruptedException {
    Context context = Context.create();
    Socket router = context.socket(SocketType.ROUTER);
    CountDownLatch closed = new CountDownLatch(1);
    router.onDrop(
        e -> {
          assertThat(router.explain().drops()).containsKey(DropReason.NO_ROUTE);
          context.close();
          closed.countDown();
        });
    router.send(Message.of("nobody", "x"));
    assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(router.isClosed()).isTrue();
  }

  /** A connection may have read on until it hears of the close. */
  @Test
  void whatIsReadAfterTheCloseIsCounted() {
    try (Context context = Context.create()) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      Pipe pipe = pull.pipes().newPipe(pull.optionValues(), "");
      pull.pipes().attach(pipe);
      pipe.in.append(new Outgoing().of(new byte[] {1}, 0, 1));
      pull.close();
      assertThat(pull.drops().count(DropReason.UNREAD_AT_CLOSE)).isEqualTo(1);
      pipe.in.append(new Outgoing().of(new byte[] {2}, 0, 1));
      pull.pipes().release(pipe, DropReason.LINGER_EXPIRED);
      assertThat(pull.drops().count(DropReason.UNREAD_AT_CLOSE)).isEqualTo(2);
      assertThat(pipe.drops(DropReason.UNREAD_AT_CLOSE)).isEqualTo(2);
    }
  }

  /** Its peer may have sent, and gone, before the pipe is offered to the socket. */
  @Test
  void aPipeThatComesAfterTheCloseIsCountedAndRemembered() {
    try (Context context = Context.create()) {
      SocketCore dealer = Cores.of(context).socket(SocketType.DEALER);
      dealer.close();
      Pipe pipe = dealer.pipes().newPipe(dealer.optionValues(), "");
      pipe.in.append(new Outgoing().of(new byte[] {1}, 0, 1));
      pipe.in.leave();
      pipe.out.append(new Outgoing().of(new byte[] {2}, 0, 1));
      pipe.out.append(new Outgoing().of(new byte[] {3}, 0, 1));
      pipe.out.leave();
      assertThat(dealer.pipes().attach(pipe)).isFalse();
      assertThat(dealer.drops().counts())
          .containsOnly(
              Map.entry(DropReason.UNREAD_AT_CLOSE, 1L), Map.entry(DropReason.CONNECTION_LOST, 2L));
      assertThat(dealer.pipes().gone().all()).containsExactly(pipe);
    }
  }

  /** What comes to a publisher is subscriptions. */
  @ParameterizedTest
  @EnumSource(
      value = SocketType.class,
      names = {"PUB", "XPUB"})
  void aPublisherLosesNoMessagesByItsClose(SocketType type) {
    try (Context context = Context.create()) {
      SocketCore pub = Cores.of(context).socket(type);
      Pipe pipe = pub.pipes().newPipe(pub.optionValues(), "");
      pub.pipes().attach(pipe);
      pipe.in.append(new Outgoing().of(new byte[] {1, 'a'}, 0, 2));
      pub.close();
      pub.pipes().release(pipe, DropReason.LINGER_EXPIRED);
      assertThat(pub.drops().counts()).isEmpty();
    }
  }

  @Test
  void whatWasUnboundIsForgotten() {
    try (Context context = Context.create()) {
      SocketCore pull = Cores.of(context).socket(SocketType.PULL);
      for (int i = 0; i < 50; i++) {
        pull.endpoints().unbind(pull.endpoints().bind(Endpoints.TCP));
      }
      assertThat(pull.endpoints().networked()).isZero();
      pull.close();
    }
  }

  /** It may give up before the call that makes it has noted it. */
  @Test
  void aDialerThatHasGivenUpIsNotNotedAfterwards() {
    try (Context context = Context.create()) {
      ContextCore core = Cores.of(context);
      SocketCore push = core.socket(SocketType.PUSH);
      String endpoint = "tcp://127.0.0.1:1";
      OptionValues options = push.optionValues().snapshot();
      Dialer dialer =
          new Dialer(
              push.pipes(),
              Transports.of("tcp"),
              Endpoint.parse(endpoint),
              options,
              core.pickLoop(options),
              null);
      push.endpoints().forget(dialer);
      push.endpoints().remember(endpoint, dialer);
      assertThat(push.endpoints().names()).isEmpty();
      assertThat(push.explain().endpoints())
          .singleElement()
          .satisfies(e -> assertThat(e.endpoint()).isEqualTo(endpoint));
      push.close();
    }
  }

  /** Whatever stops it; here a proxy that the option's check would not let through. */
  @Test
  void anAttemptThatCannotBeginHasFailed() {
    try (Context context = Context.create()) {
      SocketCore push = Cores.of(context).socket(SocketType.PUSH);
      push.optionValues().store(SocketOptions.SOCKS_PROXY, "127.0.0.1:70000");
      push.optionValues().store(SocketOptions.RECONNECT_IVL, Duration.ofMillis(1));
      push.endpoints().connect("tcp://127.0.0.1:1");
      Await.until("tried again", () -> push.explain().endpoints().get(0).attempts() > 1);
      assertThat(push.explain().endpoints().get(0).lastError()).contains("70000");
      push.close();
    }
  }

  @Test
  void aNameThatNobodyWaitsForAnyMoreIsForgottenUnlessThereIsSomethingForIt() {
    try (Context context = Context.create()) {
      ContextCore core = Cores.of(context);
      SocketCore dealer = core.socket(SocketType.DEALER);
      String name = Endpoints.inproc();
      dealer.endpoints().connect(name);
      dealer.endpoints().unbind(name);
      assertThat(core.inproc().awaited()).isZero();
      SocketCore sub = core.socket(SocketType.SUB);
      sub.options().subscribe(new byte[] {1});
      sub.endpoints().connect(name);
      sub.close();
      assertThat(core.inproc().awaited()).isZero();

      dealer.endpoints().connect(name);
      dealer.endpoints().connect(Endpoints.inproc());
      assertThat(dealer.sending().send(new byte[] {1}, 0, 1, 0)).isTrue();
      dealer.close();
      assertThat(core.inproc().awaited()).isEqualTo(1);
      SocketCore pull = core.socket(SocketType.DEALER);
      pull.endpoints().bind(name);
      assertThat(pull.receiving().recv(-1)).containsExactly(1);
      assertThat(core.inproc().awaited()).isZero();
      pull.close();
    }
  }

  @Test
  void theLastPeersThatLostMessagesAreKept() {
    GonePeers gone = new GonePeers();
    gone.add(new Pipe(null, null, null)); // lost nothing
    assertThat(gone.all()).isEmpty();
    Pipe first = thatLostAMessage();
    gone.add(first);
    for (int i = 1; i < GonePeers.MAX; i++) {
      gone.add(thatLostAMessage());
    }
    gone.add(first); // one more was dropped
    Pipe last = thatLostAMessage();
    gone.add(last);
    assertThat(gone.all()).hasSize(GonePeers.MAX).endsWith(first, last);
  }

  private static Pipe thatLostAMessage() {
    Pipe pipe = new Pipe(null, null, null);
    pipe.countDrops(DropReason.CONNECTION_LOST, 1);
    return pipe;
  }

  @Test
  void warningsOfAllSocketsTogetherAreLimited() {
    Warnings warnings = new Warnings();
    long now = 1;
    for (int i = 0; i < Warnings.MAX; i++) {
      assertThat(warnings.mayWarn(now)).isTrue();
      assertThat(warnings.leftOut()).isEmpty();
    }
    assertThat(warnings.mayWarn(now)).isFalse();
    assertThat(warnings.mayWarn(now + Warnings.TIME_NANOS - 1)).isFalse();
    assertThat(warnings.mayWarn(now + Warnings.TIME_NANOS)).isTrue();
    assertThat(warnings.leftOut()).contains("2 warnings were left out");
    assertThat(warnings.leftOut()).isEmpty();
  }
}
