package io.niomq.benchmarks.jmh;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A burst of messages sent by a PUSH and then received by a PULL, by one thread. With {@code -prof
 * gc}, {@code gc.alloc.rate.norm} is what one message costs the heap: nothing for {@link #buffers},
 * and the received array alone (its header of 16 octets and the body) for {@link #arrays}.
 */
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SocketBenchmark {
  private static final int BURST = 100;

  @Param({"inproc", "tcp"})
  public String transport;

  /** Octets of a message. */
  @Param({"64", "1024"})
  public int size;

  private Context context;
  private Socket push;
  private Socket pull;
  private byte[] body;
  private ByteBuffer source;
  private ByteBuffer target;
  private long sent;
  private long received;

  @Setup
  public void open() {
    context = Context.create();
    pull = context.socket(SocketType.PULL).set(SocketOptions.RCVTIMEO, Duration.ofSeconds(10));
    push = context.socket(SocketType.PUSH).set(SocketOptions.SNDTIMEO, Duration.ofSeconds(10));
    push.connect(pull.bind(transport.equals("tcp") ? "tcp://127.0.0.1:*" : "inproc://benchmark"));
    body = new byte[size];
    source = ByteBuffer.allocateDirect(size);
    target = ByteBuffer.allocateDirect(size);
  }

  /** {@code send(ByteBuffer)} and {@code recv(ByteBuffer)}, of direct buffers. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void buffers() {
    for (int i = 0; i < BURST; i++) {
      source.clear().putLong(0, sent++);
      push.send(source);
    }
    for (int i = 0; i < BURST; i++) {
      target.clear();
      pull.recv(target);
      Numbers.check(target, size, received++);
    }
  }

  /** {@code send(byte[])} and {@code recv()}. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void arrays() {
    for (int i = 0; i < BURST; i++) {
      Numbers.set(body, sent++);
      push.send(body);
    }
    for (int i = 0; i < BURST; i++) {
      Numbers.check(pull.recv(), size, received++);
    }
  }

  @TearDown
  public void close() {
    push.close();
    pull.close();
    if (!context.close(Duration.ofSeconds(5)).complete() || sent != received) {
      throw new IllegalStateException("received " + received + " of " + sent + " messages");
    }
  }
}
