package io.niomq;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sends the messages of a publisher through a socket; made by {@link AsyncSocket#subscriber()}, for
 * one subscription. It requests one message at a time, the next when the last one is sent. Messages
 * belong to the socket once they are published to it.
 *
 * @see "Reactive Streams 1.0.4, §2"
 */
public final class MessageSubscriber implements Flow.Subscriber<Message> {
  private final AsyncSocket socket;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();

  /** Messages that are being sent, and one for a publisher that has not completed. */
  private final AtomicInteger left = new AtomicInteger(1);

  MessageSubscriber(AsyncSocket socket) {
    this.socket = socket;
  }

  /**
   * Complete when the publisher has completed and all its messages are sent; fails with what the
   * publisher failed with, or with the reason why a message could not be sent: then the
   * subscription is cancelled. A new future at each call; completing it has no effect on this
   * subscriber.
   */
  public CompletableFuture<Void> done() {
    return done.copy();
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    Objects.requireNonNull(newSubscription, "subscription");
    if (subscription.compareAndSet(null, newSubscription)) {
      newSubscription.request(1);
    } else {
      newSubscription.cancel(); // §2.5
    }
  }

  @Override
  public void onNext(Message message) {
    Objects.requireNonNull(message, "message");
    left.incrementAndGet();
    CompletableFuture<Void> sent;
    try {
      sent = socket.sendAsync(message);
    } catch (ZmqArgumentException e) {
      failed(e);
      return;
    }
    sent.whenComplete(
        (none, failure) -> {
          if (failure == null) {
            sent();
          } else {
            failed(failure);
          }
        });
  }

  private void sent() {
    if (left.decrementAndGet() == 0) {
      done.complete(null);
    } else {
      subscription.get().request(1);
    }
  }

  private void failed(Throwable failure) {
    subscription.get().cancel();
    done.completeExceptionally(failure);
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(Objects.requireNonNull(failure, "failure"));
  }

  @Override
  public void onComplete() {
    if (left.decrementAndGet() == 0) {
      done.complete(null);
    }
  }
}
