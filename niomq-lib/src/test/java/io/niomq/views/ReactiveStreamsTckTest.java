package io.niomq.views;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqTerminatedException;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;

/** The views' publisher and subscriber, tested by the Reactive Streams TCK. */
@ExtendWith(NoLeaks.class)
class ReactiveStreamsTckTest {
  private static final long MILLIS = 5_000; // reached by a failure only
  private static final long NO_SIGNAL_MILLIS = 20;

  @RegisterExtension final Sockets zmq = new Sockets();

  private static TestEnvironment environment() {
    return new TestEnvironment(MILLIS, NO_SIGNAL_MILLIS, 10, false);
  }

  @TestFactory
  Stream<DynamicTest> publisher() {
    return TckTests.of(PublisherTests.class, PublisherTests::new);
  }

  @TestFactory
  Stream<DynamicTest> subscriber() {
    return TckTests.of(SubscriberTests.class, SubscriberTests::new);
  }

  @TestFactory
  Stream<DynamicTest> subscriberFromInside() {
    return TckTests.of(SubscriberTestsFromInside.class, SubscriberTestsFromInside::new);
  }

  /** A PULL to which a PUSH sends; closed after so many messages, which completes the stream. */
  public final class PublisherTests extends FlowPublisherVerification<Message> {
    PublisherTests() {
      super(environment(), MILLIS);
    }

    @Override
    public Flow.Publisher<Message> createFlowPublisher(long elements) {
      Socket pull = zmq.bound(SocketType.PULL, Endpoints.inproc());
      if (elements == 0) {
        pull.close();
        return pull.async().publisher();
      }
      Socket push = zmq.connected(SocketType.PUSH, pull.get(SocketOptions.LAST_ENDPOINT));
      Task.run(() -> feed(push, elements));
      return endingAfter(elements, pull);
    }

    private void feed(Socket push, long elements) {
      try {
        for (long i = 0; i < elements; i++) {
          push.send(Long.toString(i));
        }
      } catch (ZmqClosedException | ZmqTerminatedException e) {
        // the test has what it needs
      }
    }

    @Override
    public Flow.Publisher<Message> createFailedFlowPublisher() {
      return zmq.socket(SocketType.PUSH).async().publisher();
    }
  }

  private static Flow.Publisher<Message> endingAfter(long elements, Socket pull) {
    Flow.Publisher<Message> publisher = pull.async().publisher();
    AtomicLong left = new AtomicLong(elements);
    return subscriber ->
        publisher.subscribe(
            subscriber == null
                ? null
                : new Flow.Subscriber<>() {
                  @Override
                  public void onSubscribe(Flow.Subscription subscription) {
                    subscriber.onSubscribe(subscription);
                  }

                  @Override
                  public void onNext(Message message) {
                    subscriber.onNext(message);
                    if (left.decrementAndGet() == 0) {
                      pull.close();
                    }
                  }

                  @Override
                  public void onError(Throwable failure) {
                    subscriber.onError(failure);
                  }

                  @Override
                  public void onComplete() {
                    subscriber.onComplete();
                  }
                });
  }

  /** A PUSH whose PULL has room for all. */
  public final class SubscriberTests extends FlowSubscriberBlackboxVerification<Message> {
    SubscriberTests() {
      super(environment());
    }

    @Override
    public Flow.Subscriber<Message> createFlowSubscriber() {
      Socket push = zmq.limited(SocketType.PUSH, 0, 0);
      push.bind(Endpoints.inproc());
      zmq.limited(SocketType.PULL, 0, 0).connect(push.get(SocketOptions.LAST_ENDPOINT));
      return push.async().subscriber();
    }

    @Override
    public Message createElement(int element) {
      return Message.of(Integer.toString(element));
    }
  }

  /** The same, with a look at the calls that it gets and makes. */
  public final class SubscriberTestsFromInside extends FlowSubscriberWhiteboxVerification<Message> {
    SubscriberTestsFromInside() {
      super(environment());
    }

    @Override
    protected Flow.Subscriber<Message> createFlowSubscriber(
        WhiteboxSubscriberProbe<Message> probe) {
      Socket push = zmq.limited(SocketType.PUSH, 0, 0);
      push.bind(Endpoints.inproc());
      zmq.limited(SocketType.PULL, 0, 0).connect(push.get(SocketOptions.LAST_ENDPOINT));
      return new Probed(push.async().subscriber(), probe);
    }

    @Override
    public Message createElement(int element) {
      return Message.of(Integer.toString(element));
    }
  }

  /** Reports to the TCK what a subscriber is told, after it was told. */
  private record Probed(Flow.Subscriber<Message> subscriber, WhiteboxSubscriberProbe<Message> probe)
      implements Flow.Subscriber<Message> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(subscription);
      probe.registerOnSubscribe(
          new SubscriberPuppet() {
            @Override
            public void triggerRequest(long elements) {
              subscription.request(elements);
            }

            @Override
            public void signalCancel() {
              subscription.cancel();
            }
          });
    }

    @Override
    public void onNext(Message message) {
      subscriber.onNext(message);
      probe.registerOnNext(message);
    }

    @Override
    public void onError(Throwable failure) {
      subscriber.onError(failure);
      probe.registerOnError(failure);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
      probe.registerOnComplete();
    }
  }
}
