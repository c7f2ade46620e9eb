package io.niomq.explain;

import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.Context;
import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.JsonText;
import io.niomq.testing.Logged;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.Sockets;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A context as JMX shows it. */
@ExtendWith(NoLeaks.class)
class ManagementTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  private Set<ObjectName> names() {
    try {
      return server.queryNames(new ObjectName("io.niomq:type=Context,*"), null);
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void isThereSoonAndGoneAfterTheClose() {
    Set<ObjectName> before = names();
    String endpoint = Endpoints.inproc();
    zmq.bound(SUB, endpoint);
    ObjectName name =
        Await.value(
            "the context is shown",
            () ->
                names().stream()
                    .filter(n -> !before.contains(n))
                    .filter(n -> bean(n).getPage().contains(endpoint))
                    .findFirst()
                    .orElse(null));
    ContextMXBean bean = bean(name);
    assertThat(bean.getPage()).contains("SUB has no subscription");
    assertThat(bean.getFindings())
        .isEqualTo(
            List.of(
                "SUB has no subscription, so it receives nothing: subscribe(\"\") takes everything",
                "nobody has connected to " + endpoint + " so far"));
    assertThat(JsonText.parse(bean.getJson())).isNotNull();
    zmq.context().close();
    assertThat(server.isRegistered(name)).isFalse();
  }

  private ContextMXBean bean(ObjectName name) {
    return JMX.newMXBeanProxy(server, name, ContextMXBean.class);
  }

  private WeakReference<Context> loseContext() {
    Set<ObjectName> before = names();
    Context context = Context.builder().ioThreads(0).build();
    Await.until("the context is shown", () -> !before.containsAll(names()));
    return new WeakReference<>(context);
  }

  @Test
  void isGoneWithAContextThatIsLost() {
    try (Logged logged = Logged.warnings()) {
      Set<ObjectName> before = names();
      WeakReference<Context> lost = loseContext();
      Await.until(
          "the lost context is not shown any more",
          () -> {
            System.gc();
            return lost.get() == null && before.containsAll(names());
          });
      logged.await("a context was never closed");
    }
  }

  @Test
  void canBeTurnedOff() {
    Set<ObjectName> before = names();
    try (Context hidden = Context.builder().management(false).build()) {
      zmq.bound(SUB, Endpoints.inproc()); // made later, and shown
      Await.until("the later context is shown", () -> !before.containsAll(names()));
      assertThat(names().stream().filter(n -> !before.contains(n))).hasSize(1);
      assertThat(hidden.isShutdown()).isFalse();
    }
  }
}
