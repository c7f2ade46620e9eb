package io.niomq.stress;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.explain.ContextReport;
import io.niomq.explain.PeerReport;
import io.niomq.explain.SocketReport;
import io.niomq.testing.Endpoints;
import io.niomq.testing.JsonText;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports are made while everything moves, and are right all the same. */
@ExtendWith(NoLeaks.class)
class ExplainStressTest {
  private static final int ROUNDS = 40;
  private static final int MESSAGES = 200;

  @RegisterExtension final Sockets zmq = new Sockets();

  private static void check(Context context) {
    ContextReport report = context.explain();
    assertThat(JsonText.parse(report.toJson())).isNotNull();
    assertThat(report.toString()).startsWith("Context");
    for (SocketReport s : report.sockets()) {
      for (PeerReport p : s.peers()) {
        assertThat(p.in().messages()).isBetween(0L, p.in().totalMessages());
        assertThat(p.out().messages()).isBetween(0L, p.out().totalMessages());
        assertThat(p.in().octets()).isNotNegative();
        assertThat(p.out().octets()).isNotNegative();
      }
    }
  }

  /** Small messages and large ones, which the queue holds in different ways. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc", "inproc"})
  void whileSocketsComeAndGo(String transport) {
    Context context = zmq.context();
    AtomicBoolean over = new AtomicBoolean();
    Task<Void> observer =
        Task.run(
            () -> {
              while (!over.get()) {
                check(context);
              }
            });
    try {
      for (int round = 0; round < Stressed.times(ROUNDS); round++) {
        try (Socket pull =
                context.socket(PULL).set(SocketOptions.RCVTIMEO, Duration.ofSeconds(30));
            Socket push = context.socket(PUSH)) {
          push.connect(pull.bind(Stressed.endpoint(transport)));
          Task<Void> sender =
              Task.run(
                  () -> {
                    for (int i = 0; i < MESSAGES; i++) {
                      push.send(new byte[i % 3 == 0 ? 100_000 : i]);
                    }
                  });
          for (int i = 0; i < MESSAGES / 2; i++) {
            assertThat(pull.recv()).hasSize(i % 3 == 0 ? 100_000 : i);
          }
          sender.result();
          push.set(SocketOptions.LINGER, Duration.ZERO);
        }
      }
    } finally {
      over.set(true);
    }
    observer.result();
  }

  /**
   * Drops of a peer are counted for the socket first: that is no reason to speak of another one.
   */
  @Test
  void noPeerIsSaidToBeGoneThatIsHere() {
    String endpoint = Endpoints.inproc();
    Socket pub = zmq.limited(PUB, 1, 0);
    pub.bind(endpoint);
    zmq.limited(SUB, 0, 1).subscribe("").connect(endpoint);
    Task<Void> publisher =
        Task.run(
            () -> {
              for (int i = 0; i < 300_000; i++) {
                pub.send("x");
              }
            });
    while (!publisher.isDone()) {
      assertThat(pub.explain().findings()).noneMatch(f -> f.sentence().contains("gone by now"));
    }
    publisher.result();
  }
}
