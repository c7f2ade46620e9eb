package io.niomq.internal.pipe;

import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The double queue between a socket and a peer, without either. */
class PipeTest {
  private final ChunkPool pool = new ChunkPool();
  private long conflated;

  private final PipeOwner owner =
      (PipeOwner)
          Proxy.newProxyInstance(
              PipeOwner.class.getClassLoader(),
              new Class<?>[] {PipeOwner.class},
              (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("onConflated");
                conflated += (long) arguments[1];
                return null;
              });

  private static Outgoing message(String body) {
    byte[] octets = utf8(body);
    return new Outgoing().of(octets, 0, octets.length);
  }

  private static List<String> take(FrameQueue queue) {
    List<String> taken = new ArrayList<>();
    while (queue.next()) {
      taken.add((queue.isCommand() ? "command " : "message ") + utf8(queue.toArray()));
      queue.finish();
    }
    return taken;
  }

  /** {@code ZMQ_CONFLATE}: a PING waits for its answer, whatever becomes of the messages. */
  @Test
  void conflationLeavesCommandsInTheQueue() {
    Pipe pipe = new Pipe(owner, new FrameQueue(pool, 0), new FrameQueue(pool, 0));
    pipe.conflatesOut = true;
    pipe.append(message("1"));
    pipe.appendCommand(utf8("PING"));
    pipe.append(message("2"));
    pipe.appendCommand(utf8("PONG"));
    pipe.append(message("3"));
    assertThat(conflated).isEqualTo(2);
    assertThat(take(pipe.out)).containsExactly("command PING", "command PONG", "message 3");
  }
}
