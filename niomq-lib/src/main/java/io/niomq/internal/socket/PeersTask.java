package io.niomq.internal.socket;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Waits for peers without a thread: completes a future when enough of them are there. Whoever
 * completes the future first, by cancelling for instance, ends it.
 */
public final class PeersTask extends SocketTask {
  /** Whether enough are there; if not, the waiter is registered for the next change. */
  private final Predicate<Waiter> look;

  private final Gathering gathering;
  private final CompletableFuture<Void> future = new CompletableFuture<>();

  private PeersTask(SocketCore core, Executor executor, Predicate<Waiter> look) {
    super(core, executor, true);
    this.gathering = core.gathering();
    this.look = look;
  }

  /** See {@code AsyncSocket.awaitConnectedAsync}. */
  public static CompletableFuture<Void> connected(SocketCore core, int peers, Executor executor) {
    Gathering gathering = core.gathering();
    return new PeersTask(core, executor, w -> gathering.isConnected(peers, w)).begin();
  }

  /**
   * See {@code AsyncSocket.awaitSubscribersAsync}.
   *
   * @param topic null for any
   */
  public static CompletableFuture<Void> subscribers(
      SocketCore core, byte[] topic, int peers, Executor executor) {
    Gathering gathering = core.gathering();
    return new PeersTask(core, executor, w -> gathering.hasSubscribers(topic, peers, w)).begin();
  }

  private CompletableFuture<Void> begin() {
    lookAgain(); // in the caller's thread: often all are there
    if (!future.isDone()) {
      future.whenComplete((none, failure) -> signal()); // somebody else may complete it
    }
    return future;
  }

  @Override
  protected boolean work() {
    if (future.isDone()) {
      gathering.forget(waiter);
    } else {
      lookAgain();
    }
    return false;
  }

  private void lookAgain() {
    try {
      if (look.test(waiter)) {
        future.complete(null);
      }
    } catch (Throwable e) {
      future.completeExceptionally(e);
    }
  }

  @Override
  protected void refused(Throwable reason) {
    gathering.forget(waiter);
    future.completeExceptionally(reason);
  }
}
