package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.AsyncSocket;
import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqTerminatedException;
import io.niomq.testing.Await;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.VirtualThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Futures that are cancelled and completed by others, subscriptions that come and go, sockets that
 * are closed, all while messages flow: none is lost, doubled or out of order, and no future is left
 * behind.
 */
@ExtendWith(NoLeaks.class)
class AsyncStressTest {
  private static final int SENDERS = 2;
  private static final int PER_SENDER = Stressed.times(2_000);

  private final Context context = Context.create();

  private Socket socket(SocketType type, int mark) {
    return context
        .socket(type)
        .set(SocketOptions.SNDHWM, mark)
        .set(SocketOptions.RCVHWM, mark)
        .set(SocketOptions.SNDTIMEO, Await.LONG)
        .set(SocketOptions.RCVTIMEO, Await.LONG);
  }

  /** The pool, or virtual threads where there are such. */
  private static Executor executor(SplittableRandom random) {
    return VirtualThreads.exist() && random.nextBoolean()
        ? VirtualThreads.executor()
        : ForkJoinPool.commonPool();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void startSenders(Crew crew, Socket push) {
    for (int s = 0; s < SENDERS; s++) {
      int sender = s;
      Pace pace = new Pace(crew.random(), 200);
      crew.startMixed(
          "sender-" + s,
          () -> {
            for (int n = 0; n < PER_SENDER && !crew.hasFailed(); n++) {
              push.send(Ledger.message(sender, n));
              pace.pause();
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void receivesThatAreWithdrawnTakeNothing(String transport) {
    Crew crew = new Crew("receivesThatAreWithdrawnTakeNothing " + transport);
    Ledger ledger = new Ledger(SENDERS, PER_SENDER);
    Socket pull = socket(SocketType.PULL, 100);
    Socket push = socket(SocketType.PUSH, 100);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    startSenders(crew, push);
    for (int v = 0; v < 2; v++) {
      SplittableRandom random = crew.random();
      SplittableRandom others = crew.random();
      AsyncSocket async = pull.async(executor(random));
      BlockingQueue<CompletableFuture<Message>> submitted = new ArrayBlockingQueue<>(20);
      BlockingQueue<CompletableFuture<Message>> toWithdraw = new ArrayBlockingQueue<>(20);
      crew.start(
          "submits-" + v,
          () -> {
            while (!ledger.isComplete() && !crew.hasFailed()) {
              CompletableFuture<Message> future = async.recvAsync();
              if (random.nextInt(10) == 0) {
                future.orTimeout(random.nextInt(2_000_000), TimeUnit.NANOSECONDS);
              }
              if (random.nextInt(3) == 0) {
                toWithdraw.offer(future);
              }
              while (!submitted.offer(future, 10, TimeUnit.MILLISECONDS)
                  && !ledger.isComplete()
                  && !crew.hasFailed()) {
                continue;
              }
              if (ledger.isComplete()) {
                future.cancel(true);
              }
            }
          });
      crew.start(
          "withdraws-" + v,
          () -> {
            while (!ledger.isComplete() && !crew.hasFailed()) {
              CompletableFuture<Message> future = toWithdraw.poll(10, TimeUnit.MILLISECONDS);
              if (future != null && others.nextBoolean()) {
                future.cancel(others.nextBoolean());
              } else if (future != null) {
                future.completeExceptionally(new IllegalStateException("by another"));
              }
            }
          });
      crew.start(
          "reads-" + v,
          () -> {
            Ledger.Reader reader = ledger.reader();
            while (!ledger.isComplete() && !crew.hasFailed()) {
              CompletableFuture<Message> future = submitted.poll(10, TimeUnit.MILLISECONDS);
              if (future != null) {
                enterOrCancel(future, reader, ledger);
              }
            }
            submitted.forEach(f -> f.cancel(true));
          });
    }
    crew.start(
        "thread",
        () -> {
          Ledger.Reader reader = ledger.reader();
          while (!ledger.isComplete() && !crew.hasFailed()) {
            byte[] message = pull.recv(Duration.ofMillis(5));
            if (message != null) {
              reader.enter(message);
            }
          }
        });
    crew.await();
    ledger.assertComplete();
    Stressed.close(context, push, pull);
  }

  private static void enterOrCancel(
      CompletableFuture<Message> future, Ledger.Reader reader, Ledger ledger) throws Exception {
    while (true) {
      try (Message message = future.get(20, TimeUnit.MILLISECONDS)) {
        reader.enter(message.bytes(0));
        return;
      } catch (java.util.concurrent.CancellationException withdrawn) {
        return;
      } catch (ExecutionException e) {
        return; // a timeout, or by another
      } catch (java.util.concurrent.TimeoutException e) {
        if (ledger.isComplete()) {
          future.cancel(true);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void sendsAreSentOrWithdrawn(String transport) {
    Crew crew = new Crew("sendsAreSentOrWithdrawn " + transport);
    Socket pull = socket(SocketType.PULL, 10);
    Socket push = socket(SocketType.PUSH, 10);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    List<List<Boolean>> sent = new ArrayList<>();
    AtomicInteger running = new AtomicInteger(SENDERS);
    for (int s = 0; s < SENDERS; s++) {
      int sender = s;
      List<Boolean> mine = new ArrayList<>();
      sent.add(mine);
      SplittableRandom random = crew.random();
      AsyncSocket async = s == 0 ? push.async() : push.async(executor(random));
      BlockingQueue<CompletableFuture<Void>> toCancel = new ArrayBlockingQueue<>(100);
      crew.start(
          "sender-" + s,
          () -> {
            List<CompletableFuture<Void>> futures = new ArrayList<>();
            for (int n = 0; n < PER_SENDER && !crew.hasFailed(); n++) {
              CompletableFuture<Void> future = async.sendAsync(Ledger.message(sender, n));
              futures.add(future);
              if (random.nextInt(3) == 0) {
                toCancel.offer(future);
              }
              if (n >= 50) {
                settled(futures.get(n - 50)); // so many wait at most
              }
            }
            for (CompletableFuture<Void> f : futures) {
              mine.add(settled(f));
            }
            running.decrementAndGet();
          });
      crew.start(
          "canceller-" + s,
          () -> {
            while (running.get() > 0 && !crew.hasFailed()) {
              CompletableFuture<Void> future = toCancel.poll(5, TimeUnit.MILLISECONDS);
              if (future != null && future.cancel(true)) {
                assertThat(future).isCancelled();
              }
            }
          });
    }
    Ledger ledger = new Ledger(SENDERS, PER_SENDER);
    List<int[]> arrived = new ArrayList<>();
    Pace pace = new Pace(crew.random(), 100);
    crew.start(
        "reader",
        () -> {
          Ledger.Reader reader = ledger.reader();
          while (true) {
            byte[] message = pull.recv(Duration.ofMillis(running.get() == 0 ? 200 : 20));
            if (message == null && running.get() == 0) {
              break;
            }
            if (message != null) {
              reader.enter(message);
              java.nio.ByteBuffer b = java.nio.ByteBuffer.wrap(message);
              arrived.add(new int[] {b.getInt(), b.getInt()});
              pace.pause();
            }
          }
        });
    crew.await();
    int expected = 0;
    for (List<Boolean> each : sent) {
      assertThat(each).hasSize(PER_SENDER).contains(true);
      expected += (int) each.stream().filter(b -> b).count();
    }
    for (int[] message : arrived) {
      assertThat(sent.get(message[0]).get(message[1]))
          .as("message " + message[1] + " of " + message[0] + " came although cancelled")
          .isTrue();
    }
    assertThat(arrived).hasSize(expected);
    Stressed.close(context, push, pull);
  }

  private static boolean settled(CompletableFuture<Void> future) throws Exception {
    try {
      get(future);
      return true;
    } catch (java.util.concurrent.CancellationException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void subscriptionsComeAndGo(String transport) {
    Crew crew = new Crew("subscriptionsComeAndGo " + transport);
    Ledger ledger = new Ledger(SENDERS, PER_SENDER);
    Socket pull = socket(SocketType.PULL, 50);
    Socket push = socket(SocketType.PUSH, 50);
    push.connect(pull.bind(Stressed.endpoint(transport)));
    startSenders(crew, push);
    for (int v = 0; v < 2; v++) {
      SplittableRandom random = crew.random();
      AsyncSocket async = pull.async(executor(random));
      crew.start(
          "subscribes-" + v,
          () -> {
            Pace pace = new Pace(random.split(), 20);
            while (!ledger.isComplete() && !crew.hasFailed()) {
              Entering subscriber = new Entering(ledger.reader());
              async.publisher().subscribe(subscriber);
              for (int i = random.nextInt(20); i >= 0; i--) {
                subscriber.subscription.request(1 + random.nextInt(30));
                pace.pause();
              }
              subscriber.subscription.cancel();
              assertThat(subscriber.failure).isNull();
            }
          });
    }
    crew.await();
    ledger.assertComplete();
    Stressed.close(context, push, pull);
  }

  /** Each message of one subscription, in order and never two at a time. */
  private static final class Entering implements Flow.Subscriber<Message> {
    private final Ledger.Reader reader;
    private final AtomicInteger inside = new AtomicInteger();
    private Flow.Subscription subscription;
    private volatile Throwable failure;

    Entering(Ledger.Reader reader) {
      this.reader = reader;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
      subscription = newSubscription;
    }

    @Override
    public void onNext(Message message) {
      try (message) {
        assertThat(inside.incrementAndGet()).as("signals at a time").isEqualTo(1);
        reader.enter(message.bytes(0));
        inside.decrementAndGet();
      } catch (Throwable e) {
        failure = e;
      }
    }

    @Override
    public void onError(Throwable e) {
      failure = e;
    }

    @Override
    public void onComplete() {}
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void streamsThroughEachOther(String transport) {
    Crew crew = new Crew("streamsThroughEachOther " + transport);
    Ledger ledger = new Ledger(SENDERS, PER_SENDER);
    Socket front = socket(SocketType.PULL, 7);
    Socket back = socket(SocketType.PUSH, 7);
    Socket push = socket(SocketType.PUSH, 7);
    Socket pull = socket(SocketType.PULL, 7);
    push.connect(front.bind(Stressed.endpoint(transport)));
    pull.connect(back.bind(Stressed.endpoint(transport)));
    SplittableRandom random = crew.random();
    front.async(executor(random)).publisher().subscribe(back.async(executor(random)).subscriber());
    startSenders(crew, push);
    Pace pace = new Pace(crew.random(), 100);
    crew.start(
        "reader",
        () -> {
          Ledger.Reader reader = ledger.reader();
          for (int i = 0; i < SENDERS * PER_SENDER; i++) {
            reader.enter(pull.recv());
            pace.pause();
          }
        });
    crew.await();
    ledger.assertComplete();
    Stressed.close(context, push, front, back, pull);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void theEndLeavesNoFutureBehind(String transport) {
    Crew crew = new Crew("theEndLeavesNoFutureBehind " + transport);
    crew.start(
        "rounds",
        () -> {
          SplittableRandom random = crew.random();
          for (int i = 0; i < Stressed.times(60); i++) {
            round(random, transport);
          }
        });
    crew.await();
    Stressed.close(context);
  }

  private void round(SplittableRandom random, String transport) throws Exception {
    Context mine = Context.create();
    Socket one = mine.socket(SocketType.PAIR).set(SocketOptions.LINGER, Duration.ZERO);
    Socket two = mine.socket(SocketType.PAIR).set(SocketOptions.LINGER, Duration.ZERO);
    two.connect(one.bind(Stressed.endpoint(transport)));
    AsyncSocket a = one.async(executor(random));
    AsyncSocket b = two.async(executor(random));
    List<CompletableFuture<?>> futures = new ArrayList<>();
    CompletableFuture<Void> streamed = new CompletableFuture<>();
    a.publisher().subscribe(ending(streamed));
    int count = random.nextInt(40);
    boolean ends = random.nextBoolean();
    Thread ender =
        new Thread(
            () -> {
              Pace.compute(random.split().nextLong(300_000));
              if (ends) {
                mine.shutdown();
              } else {
                one.close();
                two.close();
              }
            },
            "test-ender");
    ender.start();
    for (int i = 0; i < count; i++) {
      futures.add(a.recvAsync());
      futures.add(b.sendAsync(Ledger.message(1, i)));
      futures.add(b.recvAsync());
      futures.add(a.sendAsync(Ledger.message(2, i)));
    }
    ender.join();
    for (CompletableFuture<?> f : futures) {
      try {
        if (get(f) instanceof Message m) {
          m.close();
        }
      } catch (ExecutionException e) {
        assertThat(e.getCause())
            .isInstanceOfAny(ZmqClosedException.class, ZmqTerminatedException.class);
      }
    }
    get(streamed);
    Stressed.close(mine, one, two);
  }

  private static Flow.Subscriber<Message> ending(CompletableFuture<Void> end) {
    return new Flow.Subscriber<>() {
      @Override
      public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(5);
      }

      @Override
      public void onNext(Message message) {
        message.close();
      }

      @Override
      public void onError(Throwable e) {
        end.completeExceptionally(e);
      }

      @Override
      public void onComplete() {
        end.complete(null);
      }
    };
  }
}
