package io.niomq.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages about peers stand where they belong among those of the peers, whatever the speed at
 * which these come and go: notice, hello, what was sent, notice, last message.
 */
@ExtendWith(NoLeaks.class)
class PeerMessagesStressTest {
  private static final int VISITS = Stressed.times(60);
  private static final int VISITORS = 3;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Dealers come, say something, and go, while the router's reader waits in the socket. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void aRouterHearsOfAllThatComeAndGo(String transport) {
    Crew crew = new Crew("aRouterHearsOfAllThatComeAndGo " + transport);
    Context context = Context.create();
    Socket router = context.socket(SocketType.ROUTER);
    router.set(SocketOptions.ROUTER_NOTIFY, 3).set(SocketOptions.RCVTIMEO, Await.LONG);
    router.set(SocketOptions.DISCONNECT_MSG, utf8("gone"));
    String endpoint = router.bind(Stressed.endpoint(transport));
    for (int v = 0; v < VISITORS; v++) {
      SplittableRandom random = crew.random();
      String visitor = "visitor " + v + " ";
      crew.startMixed(
          visitor,
          () -> {
            for (int i = 0; i < VISITS; i++) {
              try (Socket dealer = context.socket(SocketType.DEALER)) {
                dealer.set(SocketOptions.ROUTING_ID, utf8(visitor + i));
                dealer.set(SocketOptions.HELLO_MSG, utf8("hello"));
                dealer.connect(endpoint);
                int count = random.nextInt(5);
                for (int m = 1; m <= count; m++) {
                  dealer.send("" + m);
                }
                dealer.send("bye " + count);
              }
            }
          });
    }
    crew.start(
        "reader",
        () -> {
          Map<String, String> last = new HashMap<>();
          int gone = 0;
          while (gone < VISITORS * VISITS) {
            Message message = router.recvMessage();
            String id = message.string(0);
            String text = message.string(1);
            String before = last.put(id, text);
            if (before == null) {
              assertThat(text).as("first of " + id).isEmpty();
            } else if (before.isEmpty() && !text.equals("gone")) {
              assertThat(text).as("after the notice of " + id).isEqualTo("hello");
            } else if (before.equals("hello")) {
              assertThat(text).as("after hello of " + id).isIn("1", "bye 0");
            } else if (before.startsWith("bye")) {
              assertThat(text).as("after bye of " + id).isEmpty();
              last.put(id, "about to be gone");
            } else if (before.equals("about to be gone")) {
              assertThat(text).as("last of " + id).isEqualTo("gone");
              last.put(id, text);
              gone++;
            } else {
              int number = Integer.parseInt(before);
              assertThat(text).as("after " + number).isIn("" + (number + 1), "bye " + number);
            }
          }
          assertThat(router.tryRecv()).isNull();
          assertThat(last.values()).containsOnly("gone");
        });
    crew.await();
    Stressed.close(context, router);
  }

  /**
   * The router is taken away again and again under a dealer that goes on sending: each connection
   * begins with the hello, and the dealer hears of each loss.
   */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ipc"})
  void aDealerSaysHelloAndHearsOfEachLoss(String transport) {
    Crew crew = new Crew("aDealerSaysHelloAndHearsOfEachLoss " + transport);
    Context context = Context.create();
    String endpoint = transport.equals("tcp") ? Endpoints.freeTcp() : Stressed.endpoint(transport);
    Socket dealer = context.socket(SocketType.DEALER);
    dealer.set(SocketOptions.RECONNECT_IVL, Duration.ofMillis(2));
    dealer.set(SocketOptions.HELLO_MSG, utf8("hello"));
    dealer.set(SocketOptions.HICCUP_MSG, utf8("hiccup"));
    dealer.set(SocketOptions.LINGER, Duration.ZERO);
    dealer.connect(endpoint);
    AtomicBoolean over = new AtomicBoolean();
    SplittableRandom random = crew.random();
    crew.start(
        "sender",
        () -> {
          Pace pace = new Pace(crew.random(), 1000);
          int number = 0;
          while (!over.get()) {
            if (dealer.send("" + number, Duration.ofMillis(10))) {
              number++;
            }
            pace.pause();
          }
        });
    crew.start(
        "routers",
        () -> {
          int last = -1;
          for (int i = 0; i < VISITS && !crew.hasFailed(); i++) {
            try (Socket router = context.socket(SocketType.ROUTER)) {
              router.set(SocketOptions.RCVTIMEO, Await.LONG).bind(endpoint);
              assertThat(router.recvMessage().string(1)).isEqualTo("hello");
              int count = 1 + random.nextInt(200);
              for (int m = 0; m < count; m++) {
                int number = Integer.parseInt(router.recvMessage().string(1));
                assertThat(number).as("after " + last).isGreaterThan(last);
                last = number;
              }
            }
            assertThat(dealer.recvString(Await.LONG)).isEqualTo("hiccup");
          }
          over.set(true);
        });
    crew.await();
    Stressed.close(context, dealer);
  }
}
