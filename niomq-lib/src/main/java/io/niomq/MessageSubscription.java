package io.niomq;

import io.niomq.internal.pipe.Peer;
import io.niomq.internal.socket.SocketCore;
import io.niomq.internal.socket.SocketTask;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One subscriber of a socket's messages: takes as many as were requested, and gives them on. Names
 * of rules are those of Reactive Streams 1.0.4. All signals are made by {@link #work}, one at a
 * time (§1.3).
 */
final class MessageSubscription extends SocketTask implements Flow.Subscription {
  /** How many messages are delivered before other tasks have their turn. */
  private static final int TURN_MAX = 256;

  private final SocketCore core;

  /** Null when it is told no more (§3.13). Belongs to whoever works. */
  private Flow.Subscriber<? super Message> subscriber;

  /** Requested and not delivered; {@link Long#MAX_VALUE} for no limit (§3.17). */
  private final AtomicLong demand = new AtomicLong();

  /** Our waiter is registered with the socket, or was woken. Belongs to whoever works. */
  private boolean registered;

  /** The thread that works: looks at what it does itself, without a signal. */
  private Thread worker;

  private volatile boolean cancelled;

  /** A request that was not positive (§3.9). */
  private volatile IllegalArgumentException wrongRequest;

  private MessageSubscription(
      SocketCore core, Executor executor, Flow.Subscriber<? super Message> subscriber) {
    super(core, executor, true);
    this.core = core;
    this.subscriber = subscriber;
  }

  static void begin(
      SocketCore core, Executor executor, Flow.Subscriber<? super Message> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    MessageSubscription subscription = new MessageSubscription(core, executor, subscriber);
    subscription.hold(); // no other signal before onSubscribe has returned (§1.3, §1.9)
    try {
      subscriber.onSubscribe(subscription);
    } catch (Throwable e) {
      subscription.cancelled = true; // §2.13; and subscribe returns normally, §1.9
      tell(e);
    }
    subscription.watch();
    subscription.release();
  }

  private void watch() {
    try {
      watchEnd();
    } catch (ZmqClosedException | ZmqTerminatedException e) {
      return; // work() will find it, too
    }
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      wrongRequest =
          new IllegalArgumentException(
              "request(" + n + "): at least one message must be requested (Reactive Streams §3.9)");
    } else {
      demand.getAndUpdate(d -> d + n < 0 ? Long.MAX_VALUE : d + n);
    }
    changed();
  }

  @Override
  public void cancel() {
    cancelled = true;
    changed();
  }

  private void changed() {
    if (worker != Thread.currentThread()) { // no race: only this thread writes its own name
      signal();
    }
  }

  @Override
  protected boolean work() {
    worker = Thread.currentThread();
    boolean more = deliver();
    worker = null;
    return more;
  }

  private boolean deliver() {
    for (int i = 0; i < TURN_MAX; i++) {
      if (subscriber == null) {
        return false;
      }
      if (cancelled) {
        end();
        return false;
      }
      if (wrongRequest != null) {
        end().onError(wrongRequest);
        return false;
      }
      Message message;
      try {
        message = next();
      } catch (ZmqClosedException | ZmqTerminatedException e) {
        end().onComplete();
        return false;
      } catch (Throwable e) { // also for want of memory
        end().onError(e);
        return false;
      }
      if (message == null) {
        return false;
      }
      deliver(message);
    }
    return true;
  }

  /** The next message, if one is requested and there. */
  private Message next() {
    if (demand.get() == 0) {
      if (registered) {
        registered = false;
        leave();
      }
      core.receiving().checkAllowed();
      return null;
    }
    Message message = new Message();
    registered = false;
    Peer sender = core.receiving().recvFrames(message::addOwned, this);
    registered = sender == null;
    return registered ? null : message.from(sender);
  }

  private void deliver(Message message) {
    demand.getAndUpdate(d -> d == Long.MAX_VALUE ? d : d - 1);
    try {
      subscriber.onNext(message);
    } catch (Throwable e) { // §2.13: the subscription is as if cancelled, and somebody is told
      end();
      tell(e);
    }
  }

  /** Tells of what a subscriber must not throw. */
  private static void tell(Throwable failure) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
  }

  /** The subscriber, for the last time. */
  private Flow.Subscriber<? super Message> end() {
    Flow.Subscriber<? super Message> last = subscriber;
    subscriber = null;
    cancelled = true;
    forgetEnd();
    if (registered) {
      registered = false;
      leave();
    }
    return last;
  }

  @Override
  protected void refused(Throwable reason) {
    if (subscriber != null) {
      boolean tell = !cancelled;
      Flow.Subscriber<? super Message> last = end();
      if (tell) {
        last.onError(reason);
      }
    }
  }
}
