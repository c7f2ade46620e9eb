package io.niomq.internal.socket;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A send or a receive that somebody waits for: the future of it. Completing it from outside, be it
 * by cancelling or by a timeout, withdraws it, unless it has been carried out already: then that
 * fails, and the result stands. So no message is taken for nobody.
 */
public abstract class Operation<T> extends CompletableFuture<T> {
  /** Set by the queue before anybody else has the future. */
  OperationQueue queue;

  /** Not to be carried out yet. Guarded by the queue's lock. */
  boolean rests;

  /** Carried out, failed or withdrawn. Guarded by the queue's lock. */
  boolean settled;

  /**
   * Tries to carry it out; when that would have to wait, {@code task} is registered. What it throws
   * is why it cannot be carried out.
   */
  protected abstract boolean attempt(SocketTask task);

  /** The result after a successful attempt. */
  protected abstract T result();

  /** It will not be carried out: gives back what it holds. */
  protected void dropped() {}

  /** After the attempt, under no lock; {@code failure} is null when it succeeded. */
  final void settle(Throwable failure) {
    if (failure == null) {
      super.complete(result());
    } else {
      dropped();
      super.completeExceptionally(failure);
    }
  }

  private boolean withdraw() {
    if (!queue.withdraw(this)) {
      return false;
    }
    dropped();
    return true;
  }

  @Override
  public boolean complete(T value) {
    return withdraw() && super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable reason) {
    return withdraw() && super.completeExceptionally(reason);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return withdraw() ? super.cancel(mayInterruptIfRunning) : isCancelled();
  }

  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    executor.execute(
        () -> {
          try {
            complete(supplier.get());
          } catch (Throwable e) {
            completeExceptionally(e);
          }
        });
    return this;
  }

  @Override
  public void obtrudeValue(T value) {
    withdraw();
    super.obtrudeValue(value);
  }

  @Override
  public void obtrudeException(Throwable reason) {
    withdraw();
    super.obtrudeException(reason);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>(); // what depends on this one is not an operation
  }
}
