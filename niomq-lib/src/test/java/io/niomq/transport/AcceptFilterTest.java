package io.niomq.transport;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketEvent;
import io.niomq.SocketEvent.Type;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqUnsupportedException;
import io.niomq.testing.Endpoints;
import io.niomq.testing.Events;
import io.niomq.testing.Jvm;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.RawPeer;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may connect: {@code ZMQ_TCP_ACCEPT_FILTER}, {@code ZMQ_IPC_FILTER_…}. */
@ExtendWith(NoLeaks.class)
class AcceptFilterTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  @Nested
  class Addresses {
    private void assertAdmitted(Socket pull) {
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP)).handshake("PUSH")) {
        push.sendMessage("welcome");
        assertThat(pull.recvString()).isEqualTo("welcome");
      }
    }

    @Test
    @ShowsOption("ZMQ_TCP_ACCEPT_FILTER")
    void thatNoFilterHasAreTurnedAway() {
      Socket pull = zmq.socket(PULL).set(SocketOptions.TCP_ACCEPT_FILTER, "10.0.0.0/8");
      Events events = Events.of(pull);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP))) {
        assertThat(push.readToEnd()).isEmpty();
      }
      SocketEvent failed = events.await(Type.ACCEPT_FAILED);
      assertThat(failed.errno()).isEqualTo(Errno.EACCES);
      assertThat(failed.detail()).contains("127.0.0.1");
      assertThat(pull.explain().refusedPeers())
          .singleElement()
          .satisfies(
              refused -> {
                assertThat(refused.reason()).contains("no filter admits");
                assertThat(refused.address()).isEqualTo("127.0.0.1");
              });
      assertThat(events.types()).doesNotContain(Type.ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "127.0.0.1",
          "127.0.0.1/32",
          "127.0.0.0/8",
          "126.0.0.0/7",
          "0.0.0.0/0",
          "::ffff:127.0.0.1",
          "::ffff:127.0.0.1/128",
          "::ffff:127.0.0.0/104",
          "::ffff:0.0.0.0/96"
        })
    void thatAFilterHasComeIn(String filter) {
      assertAdmitted(
          zmq.socket(PULL)
              .set(SocketOptions.TCP_ACCEPT_FILTER, "::1")
              .set(SocketOptions.TCP_ACCEPT_FILTER, filter));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "127.0.0.2",
          "127.0.0.0/32",
          "128.0.0.0/1",
          "::/0",
          "::ffff:127.0.0.2/128",
          "::ffff:128.0.0.0/97"
        })
    void thatAFilterJustMissesStayOut(String filter) {
      Socket pull = zmq.socket(PULL).set(SocketOptions.TCP_ACCEPT_FILTER, filter);
      try (RawPeer push = RawPeer.connect(pull.bind(Endpoints.TCP))) {
        assertThat(push.readToEnd()).isEmpty();
      }
    }

    @Test
    void allComeInWhenFiltersAreTakenBack() {
      assertAdmitted(
          zmq.socket(PULL)
              .set(SocketOptions.TCP_ACCEPT_FILTER, "10.0.0.0/8")
              .set(SocketOptions.TCP_ACCEPT_FILTER, ""));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "localhost",
          "127.0.0.1/33",
          "127.0.0.1/",
          "127.0.0.256",
          "300.1.1.1",
          "010.0.0.1",
          "10.0.0.00/8",
          "::ffff:010.0.0.1",
          "::ffff:300.0.0.1",
          "::1/129",
          "1.2.3",
          "/8",
          "a::g"
        })
    void mustBeNumeric(String filter) {
      Socket pull = zmq.socket(PULL);
      assertThatThrownBy(() -> pull.set(SocketOptions.TCP_ACCEPT_FILTER, filter))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining(filter)
          .hasMessageContaining("no leading zeros");
    }

    /** A lookup would take its time under the socket's lock. */
    @Test
    void areNotLookedUp(@TempDir Path dir) throws IOException {
      Path hosts = Files.writeString(dir.resolve("hosts"), "127.0.0.1 300.1.1.1 known\n");
      String printed = Jvm.run(LookingUp.class, "-Djdk.net.hosts.file=" + hosts);
      assertThat(printed).contains("known is known", "300.1.1.1 is no filter");
    }
  }

  /** Says whether a name is known to the name service, and another one allowed as a filter. */
  static final class LookingUp {
    private LookingUp() {}

    public static void main(String[] args) throws IOException {
      System.out.println("known is " + InetAddress.getByName("known").getHostName());
      boolean filter = SocketOptions.TCP_ACCEPT_FILTER.accepts("300.1.1.1");
      System.out.println("300.1.1.1 is " + (filter ? "a" : "no") + " filter");
    }
  }

  @Nested
  class UsersAndGroups {
    private int own(String attribute) throws IOException {
      Path file = Files.createTempFile("niomq-test", "");
      try {
        assumeTrue(
            file.getFileSystem().supportedFileAttributeViews().contains("unix"),
            "files have no numeric owner here");
        return (Integer) Files.getAttribute(file, "unix:" + attribute);
      } finally {
        Files.delete(file);
      }
    }

    private void assertAdmits(SocketOption<Integer> option, int number) {
      Socket pull = zmq.socket(PULL).set(option, 12_345).set(option, number);
      Socket push = zmq.connected(PUSH, pull.bind(Endpoints.ipc()));
      push.send("welcome");
      assertThat(pull.recvString()).isEqualTo("welcome");
    }

    private void assertTurnsAway(SocketOption<Integer> option, int number) {
      Socket pull = zmq.socket(PULL).set(option, number);
      Events events = Events.of(pull);
      zmq.connected(PUSH, pull.bind(Endpoints.ipc()));
      assertThat(events.await(Type.ACCEPT_FAILED).errno()).isEqualTo(Errno.EACCES);
    }

    @Test
    @ShowsOption("ZMQ_IPC_FILTER_UID")
    void comeInByTheirUser() throws IOException {
      int user = own("uid");
      assertAdmits(SocketOptions.IPC_FILTER_UID, user);
      assertTurnsAway(SocketOptions.IPC_FILTER_UID, user + 1);
    }

    @Test
    @ShowsOption("ZMQ_IPC_FILTER_GID")
    void comeInByTheirGroup() throws IOException {
      int group = own("gid");
      assertAdmits(SocketOptions.IPC_FILTER_GID, group);
      assertTurnsAway(SocketOptions.IPC_FILTER_GID, group + 1);
    }

    @Test
    void comeInByEitherOfBoth() throws IOException {
      Socket pull =
          zmq.socket(PULL)
              .set(SocketOptions.IPC_FILTER_UID, 12_345)
              .set(SocketOptions.IPC_FILTER_GID, own("gid"));
      zmq.connected(PUSH, pull.bind(Endpoints.ipc())).send("welcome");
      assertThat(pull.recvString()).isEqualTo("welcome");
    }

    @Test
    void allComeInWhenFiltersAreTakenBack() {
      Socket pull =
          zmq.socket(PULL)
              .set(SocketOptions.IPC_FILTER_UID, 12_345)
              .set(SocketOptions.IPC_FILTER_UID, -1);
      zmq.connected(PUSH, pull.bind(Endpoints.ipc())).send("welcome");
      assertThat(pull.recvString()).isEqualTo("welcome");
    }

    @Test
    @ShowsOption("ZMQ_IPC_FILTER_PID")
    void cannotBeToldByTheirProcess() {
      Socket pull = zmq.socket(PULL);
      assertThatThrownBy(() -> pull.set(SocketOptions.IPC_FILTER_PID, 1))
          .isInstanceOf(ZmqUnsupportedException.class)
          .hasMessageContaining("not its process");
    }
  }
}
