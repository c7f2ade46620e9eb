package io.niomq.transport;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Context;
import io.niomq.Errno;
import io.niomq.Socket;
import io.niomq.SocketOptions;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqError;
import io.niomq.testing.Endpoints;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** RFC 23 and 37, over Unix-domain sockets. */
class IpcTest extends TransportContract.WithConnections {
  @Override
  String endpoint() {
    return Endpoints.ipc();
  }

  @Override
  String fixedEndpoint() {
    return Endpoints.ipc();
  }

  @Nested
  class SocketFiles {
    @Test
    void areThereWhileBound() {
      String endpoint = Endpoints.ipc();
      Path file = Endpoints.path(endpoint);
      Socket pull = zmq.bound(PULL, endpoint);
      assertThat(file).exists();
      pull.unbind(endpoint);
      assertThat(file).doesNotExist();
      pull.bind(endpoint);
      assertThat(file).exists();
      pull.close();
      assertThat(file).doesNotExist();
    }

    @Test
    void areRemovedWithTheContext() {
      String endpoint = Endpoints.ipc();
      try (Context context = Context.create()) {
        context.socket(PULL).bind(endpoint);
        assertThat(Endpoints.path(endpoint)).exists();
      }
      assertThat(Endpoints.path(endpoint)).doesNotExist();
    }

    @Test
    void leftByAProgramThatDiedAreReplaced() throws IOException {
      String endpoint = Endpoints.ipc();
      ServerSocketChannel died = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      died.bind(UnixDomainSocketAddress.of(Endpoints.path(endpoint)));
      died.close(); // does not remove the file
      assertThat(Endpoints.path(endpoint)).exists();
      Socket pull = zmq.bound(PULL, endpoint);
      zmq.connected(PUSH, endpoint).send("hello");
      assertThat(pull.recvString()).isEqualTo("hello");
    }

    @Test
    void thatAreNotSocketsAreLeftAlone() throws IOException {
      String endpoint = Endpoints.ipc();
      Path file = Files.writeString(Endpoints.path(endpoint), "precious");
      try {
        Socket pull = zmq.socket(PULL);
        assertThatThrownBy(() -> pull.bind(endpoint)).isInstanceOf(ZmqEndpointException.class);
        assertThat(file).hasContent("precious");
      } finally {
        Files.delete(file);
      }
    }
  }

  @Nested
  class Addresses {
    @Test
    void aStarMakesUpAPath() {
      Socket pull = zmq.socket(PULL);
      String bound = pull.bind("ipc://*");
      Path file = Endpoints.path(bound);
      assertThat(file).exists();
      zmq.connected(PUSH, bound).send("hello");
      assertThat(pull.recvString()).isEqualTo("hello");
      assertThat(zmq.bound(PULL, "ipc://*").get(SocketOptions.LAST_ENDPOINT)).isNotEqualTo(bound);
      pull.close();
      assertThat(file).doesNotExist();
    }

    /** The JDK takes one octet less than Linux has room for. */
    @Test
    void mayBe106OctetsLong() throws IOException {
      Path directory = Files.createTempDirectory("niomq-long");
      try {
        String stem = "ipc://" + directory + "/";
        int room = 106 - directory.toString().length() - 1;
        Socket pull = zmq.socket(PULL);
        String longest = stem + "x".repeat(room);
        pull.bind(longest);
        zmq.connected(PUSH, longest).send("hello");
        assertThat(pull.recvString()).isEqualTo("hello");
        String tooLong = stem + "x".repeat(room + 1);
        assertThatThrownBy(() -> pull.bind(tooLong))
            .isInstanceOfSatisfying(
                ZmqArgumentException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.ENAMETOOLONG))
            .hasMessageContaining("106");
        assertThatThrownBy(() -> pull.connect(tooLong))
            .isInstanceOfSatisfying(
                ZmqArgumentException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.ENAMETOOLONG));
        pull.unbind(longest);
      } finally {
        Files.delete(directory);
      }
    }

    @Test
    void abstractNamesAreRefusedWithAReason() {
      Socket pull = zmq.socket(PULL);
      assertThatThrownBy(() -> pull.bind("ipc://@name"))
          .isInstanceOf(ZmqError.class)
          .hasMessageContaining("ipc://@name")
          .hasMessageContaining("abstract");
      assertThatThrownBy(() -> pull.connect("ipc://@name")).isInstanceOf(ZmqError.class);
    }

    @Test
    void inADirectoryThatDoesNotExistAreRefused() {
      Socket pull = zmq.socket(PULL);
      String endpoint = Endpoints.ipc() + "/no/such/directory";
      assertThatThrownBy(() -> pull.bind(endpoint))
          .isInstanceOfSatisfying(
              ZmqEndpointException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
          .hasMessageContaining(endpoint);
    }
  }
}
