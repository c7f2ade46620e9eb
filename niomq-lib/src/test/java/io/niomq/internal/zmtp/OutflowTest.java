package io.niomq.internal.zmtp;

import static io.niomq.internal.zmtp.GuardWatch.CLOCK_EVERY_MAX;
import static io.niomq.internal.zmtp.GuardWatch.GUARD_LATE_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.DropReason;
import io.niomq.SocketType;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.loop.EventLoop.Guard;
import io.niomq.internal.loop.EventLoop.Guard.Look;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pipe.ChunkPool;
import io.niomq.internal.pipe.FrameQueue;
import io.niomq.internal.pipe.Outgoing;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.pipe.PipeLink;
import io.niomq.internal.pipe.SendPace;
import io.niomq.internal.pipe.SocketLock;
import io.niomq.internal.pipe.Wire;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Task;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Who writes, and when: docs/decisions/0011-pacing.md and 0012-waking-the-io-thread.md. Each test
 * has the I/O thread for itself, which so comes to look only when the test says so.
 */
@ExtendWith(NoLeaks.class)
class OutflowTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final int SIZE = 64;
  private static final int MARK = 1000;

  private final FakeSocket socket = new FakeSocket();
  private final SocketLock lock = socket.socketLock();
  private final SendPace pace = socket.sendPace();
  private final ChunkPool pool = new ChunkPool();
  private final CompletableFuture<CloseCause> ended = new CompletableFuture<>();
  private EventLoop loop;

  /** What guards and those who watch them take for the time: long after the last write. */
  private volatile long time = System.nanoTime() + HOUR;

  @BeforeEach
  void open() throws IOException {
    loop = new EventLoop(Thread::new, "test-loop", 0);
  }

  @AfterEach
  void close() throws InterruptedException {
    loop.stop();
    assertThat(loop.join(Await.LONG.toNanos())).isTrue();
  }

  /** Runs a test in the I/O thread. */
  private void inLoop(Task.Action test) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              test.run();
              return null;
            });
    loop.execute(task);
    task.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
  }

  /** Tells when a connection has ended. */
  private final class Ended implements Connection.Endpoint {
    @Override
    public void onHandshakeDone(Connection connection, io.niomq.internal.pipe.Peer peer) {}

    @Override
    public void onClosed(Connection connection, CloseCause cause) {
      ended.complete(cause);
    }

    @Override
    public void onDropped(DropReason reason, long messages) {}
  }

  /** One peer of the socket. */
  private final class Peer {
    final RecordingChannel channel;
    final Pipe pipe = new Pipe(socket, new FrameQueue(pool, 0), new FrameQueue(pool, MARK));
    final Connection connection;
    final Outflow outflow;

    Peer() {
      this(null);
    }

    Peer(SocketAddress remote) {
      channel = new RecordingChannel(remote);
      connection =
          new Connection(
              channel, loop, new OptionValues(SocketType.PUSH), "nowhere", null, new Ended());
      outflow =
          new Outflow(
              connection,
              channel,
              loop,
              pipe,
              null,
              false,
              new GuardWatch() {
                @Override
                long now() {
                  return time;
                }
              });
    }

    /** A message is appended; returns what its sender is to do. */
    int append(int size) {
      lock.lock();
      try {
        pipe.append(new Outgoing().of(new byte[size], 0, size));
        return outflow.onAppended();
      } finally {
        lock.unlock();
      }
    }

    int append() {
      return append(SIZE);
    }

    /** The guard comes, finds nothing more to do, and goes. */
    Peer unguarded() {
      outflow.guard.start();
      for (int i = 0; outflow.guard.look() != Look.DONE; i++) {
        assertThat(i).isLessThan(10);
      }
      return this;
    }

    /** Senders have written much by themselves, and go on: the guard leaves it to them. */
    Peer streaming() {
      outflow.guard.start();
      for (int i = 0; i < 20; i++) {
        append(60_000);
      }
      outflow.drain();
      assertThat(outflow.guard.look()).isEqualTo(Look.PATIENT);
      return this;
    }

    long unwritten() {
      return pipe.out.appendedOctets() - channel.octets();
    }
  }

  /** A peer that takes many megabytes to its application reads no other message meanwhile. */
  @Test
  void aSenderWaitsLongerForAFullChannelBehindALargeMessage() {
    Peer peer = new Peer();
    peer.pipe.pacesSender = true;
    peer.append(1 << 20);
    peer.channel.refusals = 20; // ten in a row are enough behind a small one
    peer.outflow.act(PipeLink.PACE);
    assertThat(peer.unwritten()).isZero();
  }

  private static final SocketAddress IPC = UnixDomainSocketAddress.of("nowhere");

  @Test
  void aSenderWritesWhatTheChannelMayHold() throws Exception {
    inLoop(
        () -> {
          assertThat(octetsUntilWrite(new Peer())).isEqualTo(512 << 10);
          assertThat(octetsUntilWrite(new Peer(IPC))).isEqualTo(128 << 10);
        });
  }

  /** How many octets gather before a sender writes by itself, to so many KiB. */
  private static int octetsUntilWrite(Peer peer) {
    peer.outflow.guard.start();
    int octets = 0;
    int actions = 0;
    while (actions == 0) {
      actions = peer.append((4 << 10) - Wire.LONG_HEADER);
      octets += 4 << 10;
    }
    assertThat(actions).isEqualTo(PipeLink.SEND);
    return octets;
  }

  /** What an ipc channel holds lasts for less time than a sleep. */
  @Test
  void aSenderLooksAgainAndAgainWhereTheChannelHoldsLittle() {
    for (SocketAddress remote : new SocketAddress[] {null, IPC}) {
      Peer peer = new Peer(remote);
      peer.pipe.pacesSender = true;
      peer.append(1 << 20);
      peer.channel.refusals = 29; // behind a megabyte 26 in a row are enough, and sleeps in between
      peer.outflow.act(PipeLink.PACE);
      assertThat(peer.unwritten() == 0).isEqualTo(remote == IPC);
    }
  }

  @Test
  void aSenderThatCannotWriteGivesTheConnectionUp() throws Exception {
    Peer peer = new Peer();
    peer.append();
    peer.channel.writeFault = new IllegalStateException("for a test");
    assertThatThrownBy(peer.outflow::drain).isSameAs(peer.channel.writeFault);
    assertThat(peer.pipe.out.isOwned()).isFalse();
    assertThat(ended.get(Await.LONG.toSeconds(), TimeUnit.SECONDS).kind())
        .isEqualTo(CloseCause.Kind.LOST);
  }

  /** Several chunks go with one write. */
  @Test
  void aSenderWritesAllThatIsQueuedWithOneCall() throws Exception {
    inLoop(
        () -> {
          Peer peer = new Peer();
          time = System.nanoTime() - HOUR; // no guard is late
          for (int round = 0; round < 20; round++) {
            int actions;
            do {
              actions = peer.append(60_000);
            } while (actions == 0);
            assertThat(actions).isEqualTo(PipeLink.SEND);
            int before = peer.channel.writes();
            peer.outflow.drain();
            assertThat(peer.unwritten()).isZero();
            assertThat(peer.channel.writes()).isLessThanOrEqualTo(before + 2);
          }
          assertThat(pool.outstanding()).isEqualTo(1);
        });
  }

  /** What its sender is to do at each message after a pause. */
  private int[] burst(Peer peer, int messages) {
    peer.unguarded();
    return afterPause(peer, messages);
  }

  private int[] afterPause(Peer peer, int messages) {
    int[] actions = new int[messages];
    time += Bursts.LASTING_MAX_NANOS;
    pace.wrote(System.nanoTime() - HOUR);
    actions[0] = peer.append();
    pace.wrote(System.nanoTime() + HOUR); // that is a moment ago for the others
    for (int i = 1; i < messages; i++) {
      actions[i] = peer.append();
    }
    return actions;
  }

  @Nested
  class TheLastMessageOfABurst {
    private static final int SEND = PipeLink.SEND;
    private static final int GUARD = PipeLink.GUARD;

    @Test
    void isLeftToTheGuardTheFirstTime() throws Exception {
      inLoop(() -> assertThat(burst(new Peer(), 4)).containsExactly(SEND, GUARD, 0, 0));
    }

    @Test
    void isWrittenWhereTheLastBurstEnded() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            burst(peer, 4);
            assertThat(burst(peer, 6)).containsExactly(SEND, GUARD, 0, SEND, 0, 0);
            assertThat(burst(peer, 3)).containsExactly(SEND, GUARD, 0);
            assertThat(burst(peer, 3)).containsExactly(SEND, GUARD, SEND);
          });
    }

    @Test
    void needsNoGuardWhenItIsTheSecond() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            burst(peer, 2);
            assertThat(burst(peer, 3)).containsExactly(SEND, SEND, GUARD);
          });
    }

    /**
     * Who sends many requests and waits for their answers may send the next ones without a pause.
     */
    @Test
    void isKnownAfterAWaitToo() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            burst(peer, 3);
            peer.unguarded();
            peer.outflow.refillBudget();
            assertThat(peer.append()).isEqualTo(SEND);
            assertThat(peer.append()).isEqualTo(GUARD);
            assertThat(peer.append()).isEqualTo(SEND);
          });
    }

    @Test
    void isLeftToTheGuardWithManyPeers() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            burst(peer, 3);
            peer.pipe.crowd = 9;
            assertThat(burst(peer, 3)).containsExactly(SEND, GUARD, 0);
          });
    }
  }

  /** Bursts of four, soon after one another. */
  @Nested
  class AGuardThatExpectsABurst {
    private Peer afterBursts(int alike, int messages) {
      time = System.nanoTime(); // whoever writes does so after that: no pause is long
      Peer peer = new Peer();
      for (int i = 0; i < alike + 2; i++) {
        burst(peer, messages);
      }
      return peer;
    }

    /** Eight pauses after four messages each: the guard stays. */
    private Peer expecting() {
      return expecting(4);
    }

    private Peer expecting(int messages) {
      Peer peer = afterBursts(Bursts.STEADY, messages);
      assertThat(lastLook(peer)).isEqualTo(Look.EXPECTANT);
      assertThat(peer.unwritten()).isZero();
      return peer;
    }

    /** What a guard comes to that has nothing more to do. */
    private Look lastLook(Peer peer) {
      peer.outflow.guard.start();
      Look look = peer.outflow.guard.look();
      for (int i = 0; look == Look.BUSY; i++) {
        assertThat(i).isLessThan(10);
        look = peer.outflow.guard.look();
      }
      return look;
    }

    @Test
    void isNotCalled() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            for (int i = 0; i < 5000; i++) { // more than a megabyte, and yet it is no stream
              assertThat(afterPause(peer, 4)).containsExactly(0, 0, 0, PipeLink.SEND);
              peer.outflow.drain();
              assertThat(lastLook(peer)).isEqualTo(Look.EXPECTANT);
            }
          });
    }

    @Test
    void leavesEachToItsSenderInOnePiece() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            for (int i = 0; i < 2; i++) {
              time += Bursts.LASTING_MAX_NANOS;
              pace.wrote(System.nanoTime() - HOUR);
              assertThat(peer.append(10_000)).isZero();
              pace.wrote(System.nanoTime() + HOUR);
              assertThat(peer.append(10_000)).isZero();
              assertThat(peer.append()).isZero();
              assertThat(peer.append()).isEqualTo(PipeLink.SEND);
              peer.outflow.drain();
            }
          });
    }

    @Test
    void needsEightAlike() throws Exception {
      inLoop(() -> assertThat(lastLook(afterBursts(Bursts.STEADY - 1, 4))).isEqualTo(Look.DONE));
    }

    @Test
    void needsThemSoonAfterOneAnother() throws Exception {
      inLoop(
          () -> {
            time = System.nanoTime();
            Peer peer = new Peer();
            for (int i = 0; i < Bursts.STEADY + 2; i++) {
              time += i == 5 ? Bursts.APART_MAX_NANOS : 0;
              burst(peer, 4);
            }
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
          });
    }

    @Test
    void needsALongerPauseBetweenThem() throws Exception {
      inLoop(
          () -> {
            time = System.nanoTime();
            Peer peer = new Peer();
            for (int i = 0; i < 2 * Bursts.STEADY; i++) {
              time--;
              burst(peer, 4);
            }
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
          });
    }

    @Test
    void needsThemToBeShort() throws Exception {
      inLoop(
          () -> {
            Peer peer = afterBursts(Bursts.STEADY - 2, 4);
            burst(peer, 3);
            time += Bursts.LASTING_MAX_NANOS;
            assertThat(peer.append()).isEqualTo(PipeLink.SEND);
            burst(peer, 4);
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
          });
    }

    /** Who sends to many in turn does not look where a burst ends. */
    @Test
    void needsToKnowWhenTheyEnd() throws Exception {
      inLoop(
          () -> {
            time = System.nanoTime();
            Peer peer = new Peer();
            peer.pipe.crowd = 9;
            for (int i = 0; i < Bursts.STEADY + 2; i++) {
              burst(peer, 4);
            }
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
          });
    }

    /** Others would have to wait while the I/O thread rests. */
    @Test
    void doesNotStayBesideOtherGuards() throws Exception {
      CompletableFuture<Void> looked = new CompletableFuture<>();
      Guard other =
          () -> {
            looked.complete(null);
            return Look.BUSY;
          };
      inLoop(
          () -> {
            loop.guard(other);
            loop.guard(other);
          });
      looked.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
      inLoop(() -> assertThat(lastLook(afterBursts(Bursts.STEADY, 4))).isEqualTo(Look.DONE));
    }

    /** As who sends many requests and waits for their answers. */
    @Test
    void expectsOneWithoutAPauseAfterAWait() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            peer.outflow.refillBudget();
            for (int i = 0; i < 3; i++) {
              assertThat(peer.append()).isZero();
            }
            assertThat(peer.append()).isEqualTo(PipeLink.SEND);
          });
    }

    @Test
    void expectsNothingOfAStream() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting(40);
            time += Bursts.LASTING_MAX_NANOS;
            pace.wrote(System.nanoTime() - HOUR);
            for (int i = 0; i < 20; i++) {
              peer.append(60_000);
              pace.wrote(System.nanoTime() + HOUR);
            }
            peer.outflow.drain();
            assertThat(peer.outflow.guard.look()).isIn(Look.PATIENT, Look.UNNEEDED);
            for (int i = 20; i < 40; i++) {
              peer.append();
            }
            // it is called to what is longer than expected only if it expected something
            assertThat(peer.append() & PipeLink.GUARD).isZero();
          });
    }

    @Test
    void leavesMuchOfOneToItsSender() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            pace.wrote(System.nanoTime() - HOUR);
            assertThat(peer.append(30_000)).isZero();
            assertThat(peer.append(30_000)).isEqualTo(PipeLink.SEND);
            assertThat(peer.append(1000)).isZero();
            assertThat(peer.append()).isEqualTo(PipeLink.SEND);
          });
    }

    /** It looks now and then, and the sender of a burst need not come back. */
    @Test
    void writesTheTailOfAShorterOneAndLeaves() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            assertThat(afterPause(peer, 3)).containsExactly(0, 0, 0);
            assertThat(peer.outflow.guard.look()).isEqualTo(Look.BUSY);
            assertThat(peer.unwritten()).isZero();
            time += Bursts.LASTING_MAX_NANOS;
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
            assertThat(afterPause(peer, 2)).containsExactly(PipeLink.SEND, PipeLink.GUARD);
          });
    }

    @Test
    void staysWhenItLooksInTheMiddleOfOne() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            assertThat(afterPause(peer, 2)).containsExactly(0, 0);
            assertThat(lastLook(peer)).isEqualTo(Look.EXPECTANT);
            assertThat(peer.append()).isZero();
            assertThat(peer.append()).isEqualTo(PipeLink.SEND);
          });
    }

    @Test
    void staysWhileItsSenderWrites() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            peer.pipe.out.own();
            assertThat(lastLook(peer)).isEqualTo(Look.EXPECTANT);
            peer.pipe.out.disown();
          });
    }

    @Test
    void thatDoesNotLookIsLate() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting(2 * CLOCK_EVERY_MAX);
            afterPause(peer, 2);
            time = System.nanoTime() + HOUR;
            int messages = 1;
            for (; peer.append() != PipeLink.SEND; messages++) {
              assertThat(messages).isLessThan(CLOCK_EVERY_MAX);
            }
          });
    }

    @Test
    void isCalledToALongerOne() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            assertThat(afterPause(peer, 6))
                .containsExactly(0, 0, 0, PipeLink.SEND, PipeLink.GUARD, 0);
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
            assertThat(peer.unwritten()).isZero();
          });
    }

    @Test
    void leavesWhenNoneComes() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            time += Bursts.APART_MAX_NANOS;
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
            assertThat(afterPause(peer, 2)).containsExactly(PipeLink.SEND, PipeLink.GUARD);
          });
    }

    @Test
    void leavesWhenTheChannelIsFull() throws Exception {
      inLoop(
          () -> {
            Peer peer = expecting();
            afterPause(peer, 4);
            peer.channel.refusals = 100;
            assertThat(peer.outflow.drain()).isFalse();
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
            assertThat(peer.unwritten()).isPositive();
            peer.channel.refusals = 0;
            peer.outflow.channelTakesMore();
            assertThat(peer.unwritten()).isZero();
          });
    }

    @Test
    void doesNotStayWithSeveralPeers() throws Exception {
      inLoop(
          () -> {
            Peer peer = afterBursts(Bursts.STEADY, 4);
            new Peer().unguarded();
            assertThat(lastLook(peer)).isEqualTo(Look.DONE);
          });
    }
  }

  @Nested
  class AGuard {
    @Test
    void hasTimeToCome() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            peer.outflow.guard.start();
            time += GUARD_LATE_NANOS;
            assertThat(peer.append()).isZero();
          });
    }

    @Test
    void thatDoesNotLookIsLate() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            peer.outflow.guard.start();
            time += GUARD_LATE_NANOS + 1;
            assertThat(peer.append()).isEqualTo(PipeLink.SEND);
          });
    }

    @Test
    void thatLooksIsNotLate() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            peer.outflow.guard.start();
            for (int i = 0; i < 10; i++) {
              assertThat(peer.append()).isZero();
              time += GUARD_LATE_NANOS;
              assertThat(peer.outflow.guard.look()).isEqualTo(Look.BUSY);
              assertThat(peer.unwritten()).isZero();
            }
          });
    }

    @Test
    void thatCannotLookGivesTheConnectionUp() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            peer.append();
            peer.channel.writeFault = new IllegalStateException("for a test");
            peer.outflow.guard.start();
            assertThatThrownBy(peer.outflow.guard::look).isSameAs(peer.channel.writeFault);
            assertThat(peer.connection.isFinished()).isTrue();
          });
      ended.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    /** Its senders write now and then, but not each message, as they do when it is late. */
    @Test
    void thatIsPatientIsNotLate() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer().streaming();
            time += HOUR / 2;
            int messages = 1;
            for (; peer.append() != PipeLink.SEND; messages++) {
              assertThat(messages).isLessThan(CLOCK_EVERY_MAX);
            }
            peer.outflow.act(PipeLink.SEND);
            time -= 2 * HOUR; // they have written a moment ago
            assertThat(peer.append()).isZero();
          });
    }
  }

  @Nested
  class AGuardOfASocketThatHoldsMessagesBack {
    private int looks;

    private void lookUntilDone(Peer peer) {
      for (looks = 1; peer.outflow.guard.look() != Look.DONE; looks++) {
        assertThat(looks).isLessThan(20);
      }
    }

    private boolean isGuarded(Peer peer) {
      lock.lock();
      try {
        return peer.outflow.isArmed();
      } finally {
        lock.unlock();
      }
    }

    @Test
    void releasesAndWritesThemBeforeItLeaves() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            peer.outflow.guard.start();
            peer.pipe.heldBack = true;
            socket.release =
                () -> {
                  peer.pipe.heldBack = false;
                  peer.append();
                };
            lookUntilDone(peer);
            assertThat(peer.pipe.out.appended()).isEqualTo(1);
            assertThat(peer.unwritten()).isZero();
            assertThat(isGuarded(peer)).isFalse();
          });
    }

    @Test
    void doesNotLeaveWhileThereAreMore() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer();
            peer.outflow.guard.start();
            peer.pipe.heldBack = true; // another one, at once, each time
            for (int i = 0; i < 20; i++) {
              assertThat(peer.outflow.guard.look()).isEqualTo(Look.BUSY);
              assertThat(isGuarded(peer)).isTrue();
            }
            peer.pipe.heldBack = false;
            lookUntilDone(peer);
          });
    }

    @Test
    void leavesWhenTheyAreForOthers() throws Exception {
      inLoop(
          () -> {
            socket.release = () -> Assertions.fail("not for this one");
            Peer other = new Peer();
            other.pipe.heldBack = true;
            Peer peer = new Peer();
            assertThat(isGuarded(peer)).isTrue();
            peer.unguarded();
            assertThat(isGuarded(peer)).isFalse();
          });
    }
  }

  @Nested
  class APatientGuard {
    @Test
    void writesWhatSendersDidNot() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer().streaming();
            for (int i = 0; i < 10; i++) {
              peer.append();
              assertThat(peer.outflow.guard.look()).isEqualTo(Look.PATIENT);
              assertThat(peer.unwritten()).isZero();
            }
          });
    }

    @Test
    void leavesItToThemWhenTheyHaveWritten() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer().streaming();
            for (int i = 0; i < 10; i++) {
              peer.append();
              peer.outflow.drain(); // a sender
              peer.append();
              int writes = peer.channel.writes();
              assertThat(peer.outflow.guard.look()).isEqualTo(Look.PATIENT);
              assertThat(peer.channel.writes()).isEqualTo(writes);
            }
          });
    }

    /** A sender waits for the channel, which takes nothing, as long as the test takes. */
    private void besideOneThatWaits(Consumer<Peer> test) throws Exception {
      int refusals = 1_000_000;
      Await.oneInTime(
          () ->
              inLoop(
                  () -> {
                    Peer peer = new Peer().streaming();
                    peer.pipe.pacesSender = true;
                    peer.append(16 << 20);
                    peer.channel.writers.clear();
                    peer.channel.refusals = refusals;
                    Thread sender = new Thread(() -> peer.outflow.act(PipeLink.PACE));
                    sender.start();
                    try {
                      Await.until("it waits", () -> peer.channel.refusals < refusals);
                      test.accept(peer);
                    } finally {
                      sender.join();
                    }
                  }));
    }

    @Test
    void leavesItToASenderThatWaitsForTheChannel() throws Exception {
      besideOneThatWaits(
          peer -> {
            for (int i = 0; i < 10; i++) {
              assertThat(peer.outflow.guard.look()).isEqualTo(Look.PATIENT);
            }
            assertThat(peer.channel.writers).doesNotContain(Thread.currentThread());
          });
    }

    /** It may have lost its processor. */
    @Test
    void doesNotRelyOnOneThatHasNotLookedForAWhile() throws Exception {
      besideOneThatWaits(
          peer -> {
            for (int i = 0; i < 10; i++) {
              time += 2_000_000;
              peer.outflow.guard.look();
            }
            assertThat(peer.channel.writers).contains(Thread.currentThread());
          });
    }

    @Test
    void goesOnWithAStreamWhenTheChannelTakesMore() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer().streaming();
            peer.channel.refusals = 100;
            peer.append();
            while (peer.outflow.guard.look() != Look.DONE) {
              assertThat(peer.channel.refusals).isPositive();
            }
            peer.channel.refusals = 0;
            peer.outflow.channelTakesMore();
            assertThat(peer.unwritten()).isZero();
            peer.append();
            peer.outflow.drain(); // a sender
            assertThat(peer.outflow.guard.look()).isEqualTo(Look.PATIENT);
          });
    }

    /** A sender writes so much, and leaves something behind; then the guard looks. */
    private Look lookAfter(Peer peer, int octets) {
      peer.append(octets - Wire.LONG_HEADER - 2 - SIZE);
      peer.append();
      peer.outflow.act(PipeLink.SEND);
      peer.append();
      return peer.outflow.guard.look();
    }

    @Test
    void isNotNeededAsLongAsTheyWriteMuch() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer().streaming();
            time -= 2 * HOUR; // their writes are no longer old
            lookAfter(peer, 50_000);
            time += 4 * 50_000 + 4 * (SIZE + 2);
            assertThat(lookAfter(peer, 50_000)).isEqualTo(Look.PATIENT);
            time += 4 * 50_000 + 4 * (SIZE + 2) - 1;
            assertThat(lookAfter(peer, 50_000)).isEqualTo(Look.UNNEEDED);
            assertThat(peer.unwritten()).isPositive();
            assertThat(peer.outflow.guard.look()).isEqualTo(Look.BUSY);
            assertThat(peer.unwritten()).isZero();
          });
    }

    @Test
    void isNeededWhenTheirLastWriteWasAWhileAgo() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer().streaming();
            assertThat(lookAfter(peer, 50_000)).isEqualTo(Look.PATIENT);
            time -= 2 * HOUR;
            assertThat(lookAfter(peer, 50_000)).isEqualTo(Look.UNNEEDED);
          });
    }

    @Test
    void isPatientNoLongerWhenTheyStop() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer().streaming();
            peer.append();
            peer.outflow.drain();
            peer.append();
            assertThat(peer.outflow.guard.look()).isEqualTo(Look.PATIENT);
            assertThat(peer.outflow.guard.look()).isEqualTo(Look.BUSY);
            assertThat(peer.unwritten()).isZero();
          });
    }
  }

  /** A socket with many peers: nobody is sent to often, and yet nobody has paused. */
  @Nested
  class ManyPeers {
    private final Peer[] peers = new Peer[50];

    private void come() {
      for (int i = 0; i < peers.length; i++) {
        peers[i] = new Peer().unguarded();
      }
    }

    private int writes() {
      return Stream.of(peers).mapToInt(peer -> peer.channel.writes()).sum();
    }

    /** A message to each in turn: the guards write them, many at a time. */
    @Test
    void areWrittenToInLargePieces() throws Exception {
      inLoop(
          () -> {
            come();
            int rounds = MARK / 2 - 1;
            for (int i = 0; i < rounds; i++) {
              for (Peer peer : peers) {
                pace.wrote(System.nanoTime() + HOUR); // to another one, a moment ago
                int actions = peer.append();
                assertThat(actions).isEqualTo(i == 0 ? PipeLink.GUARD : 0);
              }
            }
            assertThat(writes()).isZero();
            for (Peer peer : peers) {
              peer.outflow.guard.start();
              assertThat(peer.outflow.guard.look()).isEqualTo(Look.BUSY);
              assertThat(peer.unwritten()).isZero();
            }
            assertThat(writes()).isLessThan(peers.length * rounds / 50);
          });
    }

    @Test
    void areWrittenToWhenHalfTheirMarkIsQueued() throws Exception {
      inLoop(
          () -> {
            come();
            for (Peer peer : peers) {
              pace.wrote(System.nanoTime() + HOUR);
              assertThat(peer.append()).isEqualTo(PipeLink.GUARD);
              for (int i = 2; i < MARK / 2; i++) {
                assertThat(peer.append()).isZero();
              }
              assertThat(peer.append()).isEqualTo(PipeLink.SEND);
            }
          });
    }

    @Test
    void areWrittenToAtOnceAfterAPause() throws Exception {
      inLoop(
          () -> {
            come();
            for (Peer peer : peers) {
              pace.wrote(System.nanoTime() - HOUR);
              assertThat(peer.append()).isEqualTo(PipeLink.SEND);
              peer.outflow.act(PipeLink.SEND);
              assertThat(peer.unwritten()).isZero();
            }
          });
    }

    @Test
    void allKnowWhenOneIsWrittenTo() throws Exception {
      inLoop(
          () -> {
            come();
            for (int action : new int[] {PipeLink.SEND, PipeLink.GUARD}) {
              pace.wrote(System.nanoTime() - HOUR);
              peers[0].outflow.act(action);
              assertThat(pace.isQuiet(HOUR / 2)).isFalse();
            }
          });
    }

    /** A message that goes to all of them takes its time. */
    @Test
    void needALongerPauseForAMessageToAll() throws Exception {
      inLoop(
          () -> {
            Peer peer = new Peer().unguarded();
            pace.wrote(System.nanoTime() - HOUR);
            peer.pipe.crowd = (int) (2 * HOUR / 20_000);
            assertThat(peer.append()).isEqualTo(PipeLink.GUARD);
          });
    }

    /** Who has many guards cannot look after each. */
    @Test
    void areLeftToTheirGuards() throws Exception {
      inLoop(
          () -> {
            come();
            assertThat(pace.crowd()).isEqualTo(1);
            for (Peer peer : peers) {
              pace.wrote(System.nanoTime() + HOUR);
              assertThat(peer.append()).isEqualTo(PipeLink.GUARD);
              peer.outflow.guard.start();
            }
            assertThat(pace.crowd()).isEqualTo(peers.length);
            time += HOUR / 2;
            for (Peer peer : peers) {
              assertThat(peer.append()).isZero();
            }
            for (int i = 1; i < peers.length; i++) {
              peers[i].outflow.end();
            }
            assertThat(pace.crowd()).isEqualTo(1);
            assertThat(peers[0].append()).isEqualTo(PipeLink.SEND);
          });
    }
  }
}
