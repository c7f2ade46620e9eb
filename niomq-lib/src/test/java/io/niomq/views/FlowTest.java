package io.niomq.views;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Message;
import io.niomq.MessageSubscriber;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reactive streams of messages; their general rules are in {@link ReactiveStreamsTckTest}. */
@ExtendWith(NoLeaks.class)
class FlowTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private static String endpoint(String transport) {
    return switch (transport) {
      case "tcp" -> Endpoints.TCP;
      case "ipc" -> Endpoints.ipc();
      default -> Endpoints.inproc();
    };
  }

  private Socket peer(SocketType type, Socket bound) {
    return zmq.connected(type, bound.get(SocketOptions.LAST_ENDPOINT));
  }

  /** Keeps what comes. */
  private static class Collector implements Flow.Subscriber<Message> {
    final List<String> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> end = new CompletableFuture<>();
    volatile Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
      subscription = newSubscription;
    }

    @Override
    public void onNext(Message message) {
      messages.add(message.string(0));
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      end.complete(null);
    }

    Collector request(long n) {
      subscription.request(n);
      return this;
    }

    void await(int count) {
      Await.until(count + " messages", () -> messages.size() >= count);
      assertThat(messages).hasSize(count);
    }
  }

  private static Throwable failure(CompletableFuture<?> future) {
    try {
      Object value = future.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
      throw new AssertionError("the future ended well, with " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void get(CompletableFuture<?> future) {
    try {
      future.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Collector subscribe(Socket socket) {
    Collector collector = new Collector();
    socket.async().publisher().subscribe(collector);
    return collector;
  }

  @Nested
  class Publisher {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void deliversNoMoreThanWasRequested(String transport) {
      Socket pull = zmq.bound(PULL, endpoint(transport));
      Socket push = peer(PUSH, pull);
      Collector collector = subscribe(pull).request(3);
      for (int i = 0; i < 10; i++) {
        push.send("" + i);
      }
      collector.await(3);
      assertThat(pull.recvString()).isEqualTo("3"); // nobody took it
      collector.request(2);
      collector.await(5);
      assertThat(collector.messages).containsExactly("0", "1", "2", "4", "5");
      collector.request(Long.MAX_VALUE);
      collector.await(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void holdsThePeerBack(String transport) {
      Socket pull = zmq.limited(PULL, 10, 10).set(SocketOptions.RCVBUF, 4096);
      pull.bind(endpoint(transport));
      Socket push = zmq.limited(PUSH, 10, 10).set(SocketOptions.SNDBUF, 4096);
      push.connect(pull.get(SocketOptions.LAST_ENDPOINT));
      Collector collector = subscribe(pull).request(1);
      byte[] body = new byte[10_000];
      int sent = 0;
      while (push.send(body, java.time.Duration.ofMillis(100))) {
        assertThat(++sent).as("sent with nobody reading").isLessThan(2000);
      }
      collector.await(1);
      collector.request(Long.MAX_VALUE);
      push.send(body);
      collector.await(sent + 1);
    }

    @Test
    void completesWhenTheSocketIsClosed() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Collector waiting = subscribe(pull).request(1);
      Collector withoutDemand = subscribe(pull);
      pull.close();
      get(waiting.end);
      get(withoutDemand.end);
      get(subscribe(pull).end);
    }

    @Test
    void completesWhenTheContextEnds() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Collector waiting = subscribe(pull).request(1);
      Collector withoutDemand = subscribe(pull);
      zmq.context().shutdown();
      get(waiting.end);
      get(withoutDemand.end);
    }

    @Test
    void failsWhereTheTypeCannotReceive() {
      Collector withoutDemand = subscribe(zmq.socket(PUSH));
      assertThat(failure(withoutDemand.end)).isInstanceOf(ZmqUnsupportedException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void failsWhenNothingIsRequested(long n) {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Collector collector = subscribe(pull).request(n);
      assertThat(failure(collector.end))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("request(" + n + ")")
          .hasMessageContaining("3.9");
      peer(PUSH, pull).send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void takesNothingAfterCancel() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      Collector collector = subscribe(pull).request(10);
      push.send("a");
      collector.await(1);
      collector.subscription.cancel();
      collector.request(5);
      push.send("b");
      assertThat(pull.recvString()).isEqualTo("b");
      collector.subscription.cancel();
      pull.close();
      assertThat(collector.end).isNotDone();
      assertThat(collector.messages).containsExactly("a");
    }

    @Test
    void sharesMessagesOut() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      Collector one = subscribe(pull).request(5);
      Collector two = subscribe(pull).request(5);
      for (int i = 0; i < 10; i++) {
        push.send("" + i);
      }
      one.await(5);
      two.await(5);
      assertThat(one.messages).doesNotContainAnyElementsOf(two.messages);
    }

    @Test
    void isCancelledByASubscriberThatThrows() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Socket push = peer(PUSH, pull);
      CompletableFuture<Throwable> told = new CompletableFuture<>();
      Collector collector =
          new Collector() {
            @Override
            public void onNext(Message message) {
              throw new IllegalStateException("the subscriber's");
            }
          };
      pull.async(
              task -> {
                Thread thread = new Thread(task, "test-own");
                thread.setUncaughtExceptionHandler((t, e) -> told.complete(e));
                thread.start();
              })
          .publisher()
          .subscribe(collector);
      collector.request(10);
      push.send("a");
      assertThat(told.orTimeout(30, TimeUnit.SECONDS).join()).hasMessage("the subscriber's");
      push.send("b");
      assertThat(pull.recvString()).isEqualTo("b");
    }

    @Test
    void isCancelledByASubscriberThatThrowsAtTheBeginning() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Collector collector =
          new Collector() {
            @Override
            public void onSubscribe(Flow.Subscription newSubscription) {
              newSubscription.request(1);
              throw new IllegalStateException("the subscriber's");
            }
          };
      CompletableFuture<Throwable> told = new CompletableFuture<>();
      io.niomq.testing.Task.run(
              () -> {
                Thread.currentThread().setUncaughtExceptionHandler((t, e) -> told.complete(e));
                pull.async().publisher().subscribe(collector); // §1.9: returns normally
              })
          .result();
      assertThat(told).isCompletedWithValueMatching(e -> e.getMessage().equals("the subscriber's"));
      peer(PUSH, pull).send("x");
      assertThat(pull.recvString()).isEqualTo("x");
    }

    @Test
    void failsWhenItsExecutorRefuses() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      Collector collector = new Collector();
      pull.async(
              task -> {
                throw new java.util.concurrent.RejectedExecutionException("full");
              })
          .publisher()
          .subscribe(collector);
      assertThat(failure(collector.end)).hasMessage("full");
    }
  }

  @Nested
  class Subscriber {
    @Test
    void sendsWhatItGets() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      Socket pull = peer(PULL, push);
      MessageSubscriber subscriber = push.async().subscriber();
      try (SubmissionPublisher<Message> publisher = new SubmissionPublisher<>()) {
        publisher.subscribe(subscriber);
        for (int i = 0; i < 100; i++) {
          publisher.submit(Message.of("" + i, "x"));
        }
      }
      for (int i = 0; i < 100; i++) {
        assertThat(pull.recvMessage()).isEqualTo(Message.of("" + i, "x"));
      }
      get(subscriber.done());
    }

    @Test
    void requestsTheNextWhenTheLastIsSent() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc()); // nobody there: it cannot send
      MessageSubscriber subscriber = push.async().subscriber();
      AtomicLong requested = new AtomicLong();
      subscriber.onSubscribe(subscription(requested, new CompletableFuture<>()));
      assertThat(requested).hasValue(1);
      subscriber.onNext(Message.of("a"));
      assertThat(requested).hasValue(1);
      subscriber.onComplete();
      assertThat(subscriber.done()).isNotDone();
      Socket pull = peer(PULL, push);
      assertThat(pull.recvString()).isEqualTo("a");
      get(subscriber.done());
    }

    private Flow.Subscription subscription(AtomicLong requested, CompletableFuture<Void> cancel) {
      return new Flow.Subscription() {
        @Override
        public void request(long n) {
          requested.addAndGet(n);
        }

        @Override
        public void cancel() {
          cancel.complete(null);
        }
      };
    }

    @Test
    void cancelsWhenItCannotSend() {
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      MessageSubscriber subscriber = push.async().subscriber();
      CompletableFuture<Void> cancelled = new CompletableFuture<>();
      subscriber.onSubscribe(subscription(new AtomicLong(), cancelled));
      subscriber.onNext(Message.of("a"));
      push.close();
      get(cancelled);
      assertThat(failure(subscriber.done())).isInstanceOf(ZmqClosedException.class);
    }

    @Test
    void cancelsAtAMessageWithoutFrames() {
      MessageSubscriber subscriber = zmq.socket(PUSH).async().subscriber();
      CompletableFuture<Void> cancelled = new CompletableFuture<>();
      subscriber.onSubscribe(subscription(new AtomicLong(), cancelled));
      subscriber.onNext(new Message());
      get(cancelled);
      assertThat(failure(subscriber.done())).isInstanceOf(ZmqArgumentException.class);
    }

    @Test
    void isForOneSubscription() {
      MessageSubscriber subscriber = zmq.socket(PUSH).async().subscriber();
      AtomicLong requested = new AtomicLong();
      CompletableFuture<Void> cancelled = new CompletableFuture<>();
      subscriber.onSubscribe(subscription(requested, new CompletableFuture<>()));
      subscriber.onSubscribe(subscription(requested, cancelled));
      get(cancelled);
      assertThat(requested).hasValue(1);
    }

    @Test
    void failsWithItsPublisher() {
      MessageSubscriber subscriber = zmq.socket(PUSH).async().subscriber();
      subscriber.onSubscribe(subscription(new AtomicLong(), new CompletableFuture<>()));
      subscriber.onError(new IllegalStateException("the publisher's"));
      assertThat(failure(subscriber.done())).hasMessage("the publisher's");
    }

    @Test
    void takesNoNulls() {
      MessageSubscriber subscriber = zmq.socket(PUSH).async().subscriber();
      assertThatThrownBy(() -> subscriber.onSubscribe(null))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> subscriber.onNext(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> subscriber.onError(null)).isInstanceOf(NullPointerException.class);
    }
  }

  @Nested
  class Together {
    @ParameterizedTest
    @ValueSource(strings = {"inproc", "tcp", "ipc"})
    void makeAStreamer(String transport) {
      Socket pull = zmq.limited(PULL, 20, 20);
      pull.bind(endpoint(transport));
      Socket push = zmq.limited(PUSH, 20, 20);
      push.bind(endpoint(transport));
      Socket source = peer(PUSH, pull);
      Socket sink = peer(PULL, push);
      MessageSubscriber through = push.async().subscriber();
      pull.async().publisher().subscribe(through);
      io.niomq.testing.Task<Void> sending =
          io.niomq.testing.Task.run(
              () -> {
                for (int i = 0; i < 3000; i++) {
                  source.send("" + i);
                }
              });
      for (int i = 0; i < 3000; i++) {
        assertThat(sink.recvString()).isEqualTo("" + i);
      }
      sending.result();
      pull.close();
      get(through.done());
    }

    @Test
    void workForPublishAndSubscribe() {
      Socket xpub = zmq.bound(XPUB, Endpoints.inproc());
      Socket sub = peer(SUB, xpub).subscribe("a");
      xpub.recv(); // the subscription
      Collector collector = subscribe(sub).request(Long.MAX_VALUE);
      MessageSubscriber subscriber = xpub.async().subscriber();
      try (SubmissionPublisher<Message> publisher = new SubmissionPublisher<>()) {
        publisher.subscribe(subscriber);
        for (int i = 0; i < 100; i++) {
          publisher.submit(Message.of((i % 2 == 0 ? "a" : "b") + i));
        }
      }
      get(subscriber.done());
      collector.await(50);
    }
  }
}
