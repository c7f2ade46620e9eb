package io.niomq.explain;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.ROUTER;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Message;
import io.niomq.Socket;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOptions;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import io.niomq.testing.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The events for Java Flight Recorder. */
@ExtendWith(NoLeaks.class)
class FlightRecorderTest {
  @RegisterExtension final Sockets zmq = new Sockets();
  @TempDir Path directory;
  private Recording recording;
  private int dumps;

  @BeforeEach
  void record() {
    recording = new Recording();
    for (String name :
        List.of("Connect", "Handshake", "Disconnect", "Drop", "Mute", "Unmute", "SlowClose")) {
      recording.enable("io.niomq." + name);
    }
    recording.enable("io.niomq.SlowClose").withThreshold(Duration.ofMillis(100));
    recording.start();
  }

  @AfterEach
  void stop() {
    recording.close();
  }

  /** The events of that name, once there are {@code count}. */
  private List<RecordedEvent> events(String name, int count) {
    return Await.value(
        count + " events " + name,
        () -> {
          List<RecordedEvent> found = now(name);
          return found.size() >= count ? found : null;
        });
  }

  private List<RecordedEvent> now(String name) {
    try {
      Path file = directory.resolve("dump" + dumps++ + ".jfr");
      recording.dump(file);
      try (RecordingFile all = new RecordingFile(file)) {
        List<RecordedEvent> found = new java.util.ArrayList<>();
        while (all.hasMoreEvents()) {
          RecordedEvent e = all.readEvent();
          if (e.getEventType().getName().equals("io.niomq." + name)) {
            found.add(e);
          }
        }
        return found;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void connectHandshakeAndDisconnect() {
    Socket pull = zmq.socket(PULL);
    String endpoint = pull.bind(Endpoints.TCP);
    Socket push = zmq.connected(PUSH, endpoint);
    push.send("x");
    pull.recv();
    assertThat(events("Connect", 2))
        .extracting(e -> e.getString("socketType") + " " + e.getBoolean("accepted"))
        .containsExactlyInAnyOrder("PUSH false", "PULL true");
    assertThat(events("Handshake", 2))
        .allSatisfy(e -> assertThat(e.getBoolean("succeeded")).isTrue())
        .allSatisfy(e -> assertThat(e.getString("endpoint")).isEqualTo(endpoint));
    assertThat(now("Disconnect")).isEmpty();
    push.close();
    assertThat(events("Disconnect", 2)).hasSize(2);
  }

  @Test
  void aHandshakeThatFails() {
    Socket sub = zmq.socket(SUB);
    zmq.connected(PUSH, sub.bind(Endpoints.TCP));
    assertThat(events("Handshake", 2))
        .allSatisfy(e -> assertThat(e.getBoolean("succeeded")).isFalse())
        .anySatisfy(e -> assertThat(e.getString("reason")).contains("cannot talk to"));
  }

  @Test
  void manyDropsAreFewEvents() {
    Socket router = zmq.socket(ROUTER);
    for (int i = 0; i < 100_000; i++) {
      router.send(Message.of("nobody", "x"));
    }
    Await.until(
        "all drops are recorded",
        () -> now("Drop").stream().mapToLong(e -> e.getLong("messages")).sum() == 100_000);
    List<RecordedEvent> drops = now("Drop");
    assertThat(drops).hasSizeBetween(1, 1000);
    assertThat(drops)
        .allSatisfy(e -> assertThat(e.getString("reason")).isEqualTo("NO_ROUTE"))
        .allSatisfy(e -> assertThat(e.getString("socketType")).isEqualTo("ROUTER"));
  }

  @Test
  void muteAndUnmute() {
    String endpoint = Endpoints.inproc();
    Socket pull = zmq.limited(PULL, 0, 1);
    pull.bind(endpoint);
    Socket push = zmq.limited(PUSH, 1, 0);
    push.connect(endpoint);
    push.send("1");
    push.send("2");
    assertThat(now("Mute")).isEmpty();
    Task<Void> third = Task.run(() -> push.send("3")).untilWaiting();
    assertThat(events("Mute", 1))
        .singleElement()
        .satisfies(e -> assertThat(e.getString("endpoint")).isEqualTo(endpoint))
        .satisfies(e -> assertThat(e.getInt("highWaterMark")).isEqualTo(2));
    assertThat(now("Unmute")).isEmpty();
    pull.recv();
    third.result();
    assertThat(events("Unmute", 1))
        .singleElement()
        .satisfies(e -> assertThat(e.getDuration("mutedFor")).isPositive());
  }

  @Test
  void aSlowClose() {
    Socket push = zmq.connected(PUSH, Endpoints.freeTcp());
    push.set(SocketOptions.LINGER, Duration.ofMillis(200));
    push.send("1");
    push.close();
    assertThat(events("SlowClose", 1))
        .singleElement()
        .satisfies(e -> assertThat(e.getDuration()).isGreaterThan(Duration.ofMillis(150)))
        .satisfies(e -> assertThat(e.getLong("unsent")).isEqualTo(1));
  }

  @Test
  void aQuickCloseIsNone() {
    Socket pull = zmq.socket(PULL);
    Socket push = zmq.socket(PUSH);
    Events events = Events.of(pull);
    push.connect(pull.bind(Endpoints.TCP));
    push.send("1");
    pull.recv();
    push.close();
    events.await(Type.DISCONNECTED);
    assertThat(now("SlowClose")).isEmpty();
  }
}
