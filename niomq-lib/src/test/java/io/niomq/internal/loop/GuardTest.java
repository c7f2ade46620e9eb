package io.niomq.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.internal.loop.EventLoop.Guard.Look;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How often guards look: docs/decisions/0011-pacing.md. */
@ExtendWith(NoLeaks.class)
class GuardTest {
  private EventLoop loop;

  @BeforeEach
  void open() throws IOException {
    loop = new EventLoop(Thread::new, "test-loop", 0);
  }

  @AfterEach
  void close() throws InterruptedException {
    loop.stop();
    assertThat(loop.join(Await.LONG.toNanos())).isTrue();
  }

  /** Looks so many times, and remembers when. */
  private static final class Looks implements EventLoop.Guard {
    private final IntFunction<Look> answers;
    private final long[] at;
    private volatile int looks;
    private final CompletableFuture<long[]> all = new CompletableFuture<>();

    Looks(IntFunction<Look> answers, int looks) {
      this.answers = answers;
      this.at = new long[looks];
    }

    @Override
    public Look look() {
      int number = looks;
      at[number] = System.nanoTime();
      looks = number + 1;
      if (looks < at.length) {
        return answers.apply(number);
      }
      all.complete(at);
      return Look.DONE;
    }

    long[] all() throws Exception {
      return all.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private Looks guard(Look answer, int looks) {
    return guard(number -> answer, looks);
  }

  private Looks guard(IntFunction<Look> answers, int looks) {
    Looks guard = new Looks(answers, looks);
    loop.execute(() -> loop.guard(guard));
    return guard;
  }

  @Test
  void looksUntilItIsDone() throws Exception {
    assertThat(guard(Look.BUSY, 1000).all()).doesNotContain(0);
    assertThat(guard(Look.PATIENT, 100).all()).doesNotContain(0);
  }

  @Test
  void thatIsDoneNeverLooksAgain() throws Exception {
    Looks one = guard(Look.BUSY, 1); // one look more would fail, and be logged
    Looks other = guard(Look.BUSY, 100);
    one.all();
    other.all();
  }

  /** Its looks would take a processor from those for whom it waits. */
  @Test
  void thatIsPatientLooksOnceInAMillisecondAfterAWhile() throws Exception {
    long[] at = guard(Look.PATIENT, 140).all();
    assertThat(at[139] - at[69]).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(70 / 2));
  }

  /** Its senders would have to wait for the processor that it looks on. */
  @Test
  void thatIsNotNeededLooksEvenLessOften() throws Exception {
    long[] at = guard(Look.UNNEEDED, 160).all();
    assertThat(at[159] - at[139]).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(20 * 4 / 2));
    Await.oneInTime(
        () -> {
          long[] others = guard(Look.UNNEEDED, 140).all();
          assertThat(others[119] - others[79]).isLessThan(TimeUnit.MILLISECONDS.toNanos(40 * 2));
        });
  }

  @Test
  void thatIsNeededAgainLooksOnceInAMillisecond() throws Exception {
    Await.oneInTime(
        () -> {
          long[] at = guard(number -> number < 150 ? Look.UNNEEDED : Look.PATIENT, 200).all();
          assertThat(at[199] - at[151]).isLessThan(TimeUnit.MILLISECONDS.toNanos(48 * 2));
        });
  }

  @Test
  void thatIsNotNeededHoldsUpNoneThatIs() throws Exception {
    Looks unneeded = guard(Look.UNNEEDED, 1_000_000);
    Await.until("it looks seldom", () -> unneeded.looks > 150);
    Await.oneInTime(
        () -> {
          long[] at = guard(Look.PATIENT, 300).all();
          assertThat(at[299] - at[251]).isLessThan(TimeUnit.MILLISECONDS.toNanos(48 * 2));
        });
  }

  @Test
  void thatIsPatientLeavesTheProcessorToOthersFromTheFirst() throws Exception {
    long[] at = guard(Look.PATIENT, 60).all();
    assertThat(at[59] - at[1]).isGreaterThan(TimeUnit.MICROSECONDS.toNanos(58 * 50 / 2));
  }

  /** Never as seldom as a patient one does after a while. */
  @Test
  void thatExpectsMoreLooksOnceInAMoment() throws Exception {
    Await.oneInTime(
        () -> {
          long[] at = guard(Look.EXPECTANT, 400).all();
          assertThat(at[399] - at[1]).isGreaterThan(TimeUnit.MICROSECONDS.toNanos(398 * 50 / 2));
          assertThat(at[399] - at[199]).isLessThan(TimeUnit.MILLISECONDS.toNanos(200 / 2));
        });
  }

  /** With the moments as long as hours. */
  @Test
  void thatExpectsMoreLooksAtOnceWhenItsThreadIsCalled() throws Exception {
    EventLoop dozing = new EventLoop(Thread::new, "test-doze", 0, TimeUnit.HOURS.toNanos(1));
    Looks expectant = new Looks(number -> Look.EXPECTANT, 1000);
    dozing.execute(() -> dozing.guard(expectant));
    while (!expectant.all.isDone()) {
      CompletableFuture<Void> called = new CompletableFuture<>();
      dozing.execute(() -> called.complete(null));
      called.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
    }
    Looks other = new Looks(number -> Look.EXPECTANT, 1000);
    dozing.execute(() -> dozing.guard(other));
    Await.until("it looks", () -> other.looks > 0);
    dozing.stop();
    assertThat(dozing.join(Await.LONG.toNanos())).isTrue();
  }

  /** The call comes while its thread is at work, and is over before it would rest. */
  @Test
  void thatExpectsMoreLooksAtOnceWhenItIsCalledMeanwhile() throws Exception {
    EventLoop dozing = new EventLoop(Thread::new, "test-doze", 0, TimeUnit.HOURS.toNanos(1));
    Looks expectant =
        new Looks(
            number -> {
              dozing.execute(dozing::lookAtOnce);
              return Look.EXPECTANT;
            },
            1000);
    dozing.execute(() -> dozing.guard(expectant));
    assertThat(expectant.all()).doesNotContain(0);
    dozing.stop();
    assertThat(dozing.join(Await.LONG.toNanos())).isTrue();
  }

  @Test
  void itsThreadIsInDemandWhenThereAreSeveral() {
    AtomicBoolean alone = new AtomicBoolean();
    AtomicReference<Boolean> inDemand = new AtomicReference<>();
    loop.execute(
        () ->
            loop.guard(
                () -> {
                  inDemand.set(loop.isInDemand());
                  return Look.EXPECTANT;
                }));
    Await.until("it is not, with one", () -> Boolean.FALSE.equals(inDemand.get()));
    loop.execute(() -> loop.guard(() -> alone.get() ? Look.DONE : Look.EXPECTANT));
    Await.until("it is, with two", () -> inDemand.get());
    alone.set(true);
    Await.until("it is not, with one", () -> !inDemand.get());
  }

  @Test
  void itsThreadIsInDemandWhenItHasServedAChannel() throws Exception {
    assertThat(isInDemand()).isFalse();
    Await.oneInTime(
        () -> {
          serveAChannel();
          assertThat(isInDemand()).isTrue();
        });
    Await.until("it has not for a while", () -> !isInDemand());
  }

  private boolean isInDemand() {
    CompletableFuture<Boolean> busy = new CompletableFuture<>();
    loop.execute(() -> busy.complete(loop.isInDemand()));
    return busy.orTimeout(Await.LONG.toSeconds(), TimeUnit.SECONDS).join();
  }

  private void serveAChannel() throws IOException {
    Pipe pipe = Pipe.open();
    try (Pipe.SinkChannel sink = pipe.sink();
        Pipe.SourceChannel source = pipe.source()) {
      source.configureBlocking(false);
      CompletableFuture<Void> served = new CompletableFuture<>();
      loop.execute(() -> register(source, served));
      sink.write(ByteBuffer.wrap(new byte[1]));
      served.orTimeout(Await.LONG.toSeconds(), TimeUnit.SECONDS).join();
    }
  }

  private void register(SelectableChannel channel, CompletableFuture<Void> served) {
    EventLoop.Handler handler =
        new EventLoop.Handler() {
          @Override
          public void ready(SelectionKey key) {
            key.cancel();
            served.complete(null);
          }

          @Override
          public void failed(Throwable failure) {
            served.completeExceptionally(failure);
          }
        };
    try {
      loop.register(channel, SelectionKey.OP_READ, handler);
    } catch (IOException e) {
      handler.failed(e);
    }
  }

  @Test
  void thatIsPatientNoLongerLooksAtOnce() throws Exception {
    Await.oneInTime(
        () -> {
          long[] at = guard(number -> number < 100 ? Look.PATIENT : Look.BUSY, 300).all();
          assertThat(at[299] - at[100]).isLessThan(TimeUnit.MILLISECONDS.toNanos(200 / 2));
        });
  }

  @Test
  void thatIsPatientHoldsUpNoOther() throws Exception {
    Looks patient = guard(Look.PATIENT, 1_000_000);
    Await.until("it looks seldom", () -> patient.looks > 100);
    Await.oneInTime(
        () -> {
          long[] at = guard(Look.BUSY, 200).all();
          assertThat(at[199] - at[0]).isLessThan(TimeUnit.MILLISECONDS.toNanos(200 / 2));
        });
  }
}
