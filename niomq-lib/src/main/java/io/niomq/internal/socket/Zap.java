package io.niomq.internal.socket;

import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqError;
import io.niomq.internal.pipe.Body;
import io.niomq.internal.security.ZapClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Asks a context's ZAP handler. Each request goes over a DEALER of its own, which only the I/O
 * thread that asks uses, and which is none of the context's sockets: it is not counted, and ends
 * with the handshake. RFC 27.
 */
final class Zap implements ZapClient {
  private final ContextCore context;

  Zap(ContextCore context) {
    this.context = context;
  }

  @Override
  public boolean hasHandler() {
    return context.inproc().isBound(ENDPOINT);
  }

  @Override
  public Exchange ask(List<byte[]> request, Executor executor, Consumer<List<byte[]>> answer) {
    Asking asking = new Asking(context, executor, answer);
    asking.begin(request);
    return asking;
  }

  /** One request. All but {@link #onWake} runs on the executor's thread. */
  private static final class Asking implements Exchange {
    private final SocketCore dealer;
    private final Executor executor;
    private final Consumer<List<byte[]>> answer;
    private final Waiter waiter = Waiter.running(this::onWake, Waiter.IN | Waiter.WATCHES);
    private boolean watching;
    private boolean done;

    Asking(ContextCore context, Executor executor, Consumer<List<byte[]>> answer) {
      this.dealer = new SocketCore(context, SocketType.DEALER, 0, Opener.LIBRARY);
      this.executor = executor;
      this.answer = answer;
    }

    void begin(List<byte[]> request) {
      dealer.options().set(SocketOptions.LINGER, Duration.ZERO);
      dealer.options().set(SocketOptions.SNDHWM, 0);
      try {
        dealer.endpoints().connect(ENDPOINT);
        dealer.sending().sendFrames(m -> request.forEach(m::add), 0);
      } catch (RuntimeException e) {
        if (!(e instanceof ZmqError)) {
          throw e;
        }
        // What is bound there is no handler: the look will find that nobody answers.
      }
      executor.execute(this::look);
    }

    private void onWake() {
      executor.execute(this::look);
    }

    private void look() {
      if (done) {
        return;
      }
      while (true) {
        waiter.reset(); // before the look
        List<byte[]> reply = new ArrayList<>();
        if (dealer.receiving().recvFrames(frame -> reply.add(array(frame)), 0) != null) {
          finish(reply);
          return;
        }
        if (!dealer.canSendNow()) {
          finish(null);
          return;
        }
        if (watching) {
          return;
        }
        watching = dealer.waiting().watch(waiter, Waiter.IN) == 0;
      }
    }

    private static byte[] array(Object frame) {
      if (frame instanceof Body body) {
        byte[] copy = body.toArray();
        body.release();
        return copy;
      }
      return (byte[]) frame;
    }

    private void finish(List<byte[]> reply) {
      cancel();
      answer.accept(reply);
    }

    @Override
    public void cancel() {
      if (!done) {
        done = true;
        dealer.close();
      }
    }
  }
}
