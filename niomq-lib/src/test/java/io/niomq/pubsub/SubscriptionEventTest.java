package io.niomq.pubsub;

import static io.niomq.SocketType.PUB;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.SUB;
import static io.niomq.SocketType.XPUB;
import static io.niomq.testing.Octets.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.SubscriptionEvent;
import io.niomq.ZmqClosedException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.Sockets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a publisher tells of its subscribers: Socket.onSubscription. */
@ExtendWith(NoLeaks.class)
class SubscriptionEventTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private final BlockingQueue<SubscriptionEvent> events = new LinkedBlockingQueue<>();

  private SubscriptionEvent next() throws InterruptedException {
    SubscriptionEvent event = events.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS);
    assertThat(event).as("the next event").isNotNull();
    return event;
  }

  private void assertNext(boolean subscribed, String topic, int holders)
      throws InterruptedException {
    SubscriptionEvent event = next();
    assertThat(event.subscribed()).as(event.toString()).isEqualTo(subscribed);
    assertThat(event.topicString()).isEqualTo(topic);
    assertThat(event.topic()).isEqualTo(utf8(topic));
    assertThat(event.holders()).as(event.toString()).isEqualTo(holders);
  }

  @Test
  void tellsOfEachPeersSubscriptionsAndCancellationsInOrder() throws InterruptedException {
    String endpoint = Endpoints.inproc();
    Socket pub = zmq.bound(PUB, endpoint);
    pub.onSubscription(events::add);
    Socket one = zmq.connected(SUB, endpoint).subscribe("A");
    assertNext(true, "A", 1);
    Socket two = zmq.connected(SUB, endpoint).subscribe("A");
    assertNext(true, "A", 2);
    two.subscribe("A"); // has it already
    two.subscribe("");
    assertNext(true, "", 1);
    one.unsubscribe("A");
    assertNext(false, "A", 1);
    one.unsubscribe("A");
    two.unsubscribe("A").unsubscribe("A");
    assertNext(false, "A", 0);
    assertThat(events).isEmpty();
  }

  @Test
  void tellsOfWhatGoesWithAPeer() throws InterruptedException {
    Socket pub = zmq.socket(PUB);
    pub.onSubscription(events::add);
    String endpoint = pub.bind(Endpoints.TCP);
    try (RawPeer sub = RawPeer.connect(endpoint).handshake("SUB")) {
      sub.sendCommand("SUBSCRIBE", utf8("A"));
      SubscriptionEvent event = next();
      assertThat(event.endpoint()).isEqualTo(endpoint);
      assertThat(event.peer()).isEqualTo("127.0.0.1");
      assertThat(event)
          .isEqualTo(new SubscriptionEvent(true, utf8("A"), 1, endpoint, event.peer()))
          .hasSameHashCodeAs(new SubscriptionEvent(true, utf8("A"), 1, endpoint, event.peer()))
          .hasToString(
              "subscribed to A at " + endpoint + " by " + event.peer() + ", now held by 1");
      event.topic()[0] = 'X';
      assertThat(event.topicString()).isEqualTo("A");
    }
    assertNext(false, "A", 0);
  }

  @Test
  void comesWhenTheSubscriptionHasTakenEffect() {
    String endpoint = Endpoints.inproc();
    Socket pub = zmq.bound(PUB, endpoint);
    pub.onSubscription(
        e -> {
          if (e.subscribed()) {
            pub.send(e.topicString() + ", the last value"); // under no lock: it may do so
          }
        });
    Socket sub = zmq.connected(SUB, endpoint).subscribe("A");
    assertThat(sub.recvString()).isEqualTo("A, the last value");
    sub.subscribe("B");
    assertThat(sub.recvString()).isEqualTo("B, the last value");
  }

  @Test
  void tellsOfWhatAManualXpubDecides() throws InterruptedException {
    String endpoint = Endpoints.inproc();
    Socket xpub = zmq.bound(XPUB, endpoint).set(SocketOptions.XPUB_MANUAL, true);
    xpub.onSubscription(events::add);
    zmq.connected(SUB, endpoint).subscribe("A");
    xpub.recv();
    xpub.subscribe("B");
    assertNext(true, "B", 1);
    xpub.unsubscribe("B");
    assertNext(false, "B", 0);
  }

  @Test
  void isInTheOrderInWhichPeersComeAndGo() throws InterruptedException {
    String endpoint = Endpoints.inproc();
    Socket pub = zmq.bound(PUB, endpoint);
    pub.onSubscription(events::add);
    int peers = 50;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      Socket sub = zmq.connected(SUB, endpoint);
      Thread thread = new Thread(() -> sub.subscribe("A"), "test-subscriber-" + i);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    for (int i = 1; i <= peers; i++) {
      assertNext(true, "A", i);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void mayBeReplacedAndTakenAway() throws InterruptedException {
    String endpoint = Endpoints.inproc();
    Socket pub = zmq.bound(PUB, endpoint);
    pub.onSubscription(e -> events.add(null)); // would fail
    pub.onSubscription(events::add);
    Socket sub = zmq.connected(SUB, endpoint).subscribe("A");
    assertNext(true, "A", 1);
    pub.onSubscription(null);
    sub.subscribe("B");
    assertThat(pub.awaitSubscribers("B", 1, Await.LONG)).isTrue();
    assertThat(events).isEmpty();
  }

  @Test
  void isForWhoeverListenedWhenItHappened() throws InterruptedException {
    String endpoint = Endpoints.inproc();
    Socket pub = zmq.bound(PUB, endpoint);
    CountDownLatch replaced = new CountDownLatch(1);
    pub.onSubscription(
        e -> {
          events.add(e);
          try {
            replaced.await();
          } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
          }
        });
    Socket sub = zmq.connected(SUB, endpoint).subscribe("A");
    assertNext(true, "A", 1); // its listener is still busy
    sub.subscribe("B");
    assertThat(pub.awaitSubscribers("B", 1, Await.LONG)).isTrue();
    pub.onSubscription(events::add);
    sub.subscribe("C");
    replaced.countDown();
    assertNext(true, "C", 1);
  }

  @Test
  void tellsNothingOfTheEndOfTheSocketItself() throws InterruptedException {
    String endpoint = Endpoints.inproc();
    Socket pub = zmq.bound(PUB, endpoint);
    pub.onSubscription(events::add);
    zmq.connected(SUB, endpoint).subscribe("A");
    assertNext(true, "A", 1);
    pub.close();
    assertThat(zmq.context().close(Await.LONG).complete()).isTrue(); // ends the events' thread, too
    assertThat(events).isEmpty();
  }

  @Test
  void isForPublishersOnly() {
    assertThatThrownBy(() -> zmq.socket(SUB).onSubscription(events::add))
        .isInstanceOf(ZmqUnsupportedException.class);
    assertThatThrownBy(() -> zmq.socket(PUSH).onSubscription(null))
        .isInstanceOf(ZmqUnsupportedException.class);
    Socket closed = zmq.socket(PUB);
    closed.close();
    assertThatThrownBy(() -> closed.onSubscription(events::add))
        .isInstanceOf(ZmqClosedException.class);
  }
}
