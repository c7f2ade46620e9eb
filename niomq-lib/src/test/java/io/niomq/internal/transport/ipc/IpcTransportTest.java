package io.niomq.internal.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.niomq.Errno;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.IoErrors;
import io.niomq.internal.transport.Listening;
import io.niomq.internal.transport.Transport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ipc transport: {@code ipc://path} and the file that stands for it. */
@Timeout(30)
class IpcTransportTest {
  private static final int WAIT_MILLIS = 10_000;

  private final Transport ipc = new IpcTransport();
  private final OptionValues options = new OptionValues(SocketType.PULL);
  private final List<AutoCloseable> opened = new ArrayList<>();

  @TempDir Path directory;

  @AfterEach
  void closeAll() throws Exception {
    Collections.reverse(opened);
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Nested
  class Bind {
    @Test
    void makesASocketFileAndTellsTheEndpointAsGiven() throws Exception {
      Path file = directory.resolve("a");

      Listening listening = bind("ipc://" + file);

      assertThat(Files.exists(file)).isTrue();
      assertThat(listening.endpoint()).isEqualTo("ipc://" + file);
      assertThat(listening.channel().isBlocking()).isFalse();
    }

    @Test
    void takesARelativePath() throws Exception {
      Path file = Path.of("").toAbsolutePath().relativize(directory.resolve("a").toAbsolutePath());

      Listening listening = bind("ipc://" + file);

      assertThat(listening.endpoint()).isEqualTo("ipc://" + file);
      connect("ipc://" + file);
      listening.close();
      assertThat(directory).isEmptyDirectory();
    }

    @Test
    void makesADirectoryOfItsOwnForTheWildcard() throws Exception {
      Listening first = bind("ipc://*");
      Listening second = bind("ipc://*");

      assertThat(first.endpoint())
          .startsWith("ipc://" + Path.of(System.getProperty("java.io.tmpdir")))
          .endsWith("/socket")
          .isNotEqualTo(second.endpoint());
      connect(first.endpoint());
      Path own = Path.of(first.endpoint().substring("ipc://".length())).getParent();
      assertThat(own).isDirectory();
      first.close();
      assertThat(own).doesNotExist();
    }

    @Test
    void replacesTheSocketThatADeadProcessLeft() throws Exception {
      Path file = directory.resolve("a");
      bindAsAnotherProcess(file).close();
      assertThat(Files.exists(file)).isTrue();

      Listening listening = bind("ipc://" + file);

      connect("ipc://" + file);
      assertThat(accept(listening)).isNotNull();
    }

    @Test
    void takesThePathOverFromAnotherProcess() throws Exception {
      Path file = directory.resolve("a");
      bindAsAnotherProcess(file);

      Listening listening = bind("ipc://" + file);

      connect("ipc://" + file);
      assertThat(accept(listening)).isNotNull();
    }

    @Test
    void leavesAFileAloneThatIsNotASocket() throws Exception {
      Path file = Files.writeString(directory.resolve("precious"), "content");

      assertEndpointError("ipc://" + file, Errno.EADDRINUSE, "not a socket");

      assertThat(file).hasContent("content");
    }

    @Test
    void leavesADirectoryAndALinkAlone() throws Exception {
      Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nothing"));

      assertEndpointError("ipc://" + directory, Errno.EADDRINUSE, "not a socket");
      assertEndpointError("ipc:///", Errno.EADDRINUSE, "not a socket");
      assertEndpointError("ipc://" + link, Errno.EADDRINUSE, "not a socket");

      assertThat(Files.isSymbolicLink(link)).isTrue();
    }

    @Test
    void isRefusedWhileThisProcessHasThePath() throws Exception {
      Path file = directory.resolve("a");
      Files.createDirectory(directory.resolve("sub"));
      Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
      Listening listening = bind("ipc://" + file);

      assertEndpointError("ipc://" + file, Errno.EADDRINUSE, "this process");
      assertEndpointError("ipc://" + directory + "/sub/../a", Errno.EADDRINUSE, "this process");
      assertEndpointError("ipc://" + link + "/a", Errno.EADDRINUSE, "this process");

      connect("ipc://" + file);
      assertThat(accept(listening)).isNotNull();
      listening.close();
      bind("ipc://" + file);
    }

    @Test
    void mayBeRepeatedAfterItFailed() throws Exception {
      Path file = Files.writeString(directory.resolve("a"), "");
      assertEndpointError("ipc://" + file, Errno.EADDRINUSE, "not a socket");
      Files.delete(file);

      bind("ipc://" + file);

      assertThat(Files.exists(file)).isTrue();
    }

    @Test
    void isRefusedWithoutItsDirectory() throws Exception {
      Path file = Files.writeString(directory.resolve("file"), "");

      assertEndpointError("ipc://" + directory + "/no/a", Errno.ENOENT, directory + "/no");
      assertEndpointError("ipc://" + file + "/a", Errno.ENOENT, "");
    }

    @Test
    void isRefusedInADirectoryThatMayNotBeWritten() throws Exception {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
      try {
        assumeFalse(Files.isWritable(directory), "this user may write anywhere");

        assertEndpointError("ipc://" + directory.resolve("a"), Errno.EACCES, "not permitted");
      } finally {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }

    @Test
    void isRefusedForAbstractNames() {
      assertEndpointError("ipc://@name", Errno.EPROTONOSUPPORT, "abstract");
    }
  }

  @Nested
  class PathSyntax {
    @Test
    void allowsAsManyOctetsAsTheJdkDoes() throws Exception {
      Path file = pathOfOctets(106);

      bind("ipc://" + file);
      connect("ipc://" + file);
    }

    @Test
    void isTooLongWithOneMore() {
      String text = "ipc://" + pathOfOctets(107);

      assertInvalid(text, Errno.ENAMETOOLONG, text, "107 octets", "1 to 106");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc://@", "ipc://a\0b"})
    void isInvalidWithoutAName(String text) {
      assertInvalid(text, Errno.EINVAL, text);
    }

    private void assertInvalid(String text, Errno errno, String... parts) {
      assertThatExceptionOfType(ZmqArgumentException.class)
          .isThrownBy(() -> bind(text))
          .satisfies(e -> assertThat(e).hasMessageContainingAll(parts))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
      assertThatExceptionOfType(ZmqArgumentException.class)
          .isThrownBy(() -> ipc.checkConnect(Endpoint.parse(text), options))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }

    private Path pathOfOctets(int length) {
      String start = directory.toString() + "/";
      return Path.of(start + "a".repeat(length - start.length()));
    }
  }

  @Nested
  class Connect {
    @Test
    void isCheckedForSyntaxOnly() {
      assertThatCode(() -> check("ipc://" + directory + "/no/such")).doesNotThrowAnyException();
      assertThat(ipc.needsLookup(Endpoint.parse("ipc://a"), options)).isFalse();
    }

    @Test
    void isInvalidForTheWildcard() {
      assertThatExceptionOfType(ZmqArgumentException.class)
          .isThrownBy(() -> check("ipc://*"))
          .withMessageContaining("can only be bound");
    }

    @Test
    void isRefusedForAbstractNames() {
      assertThatExceptionOfType(ZmqEndpointException.class)
          .isThrownBy(() -> check("ipc://@name"))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EPROTONOSUPPORT));
    }

    @Test
    void failsWhereNothingIsBound() throws Exception {
      Path file = directory.resolve("a");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> connect("ipc://" + file))
          .satisfies(e -> assertThat(IoErrors.errnoOf(e)).isEqualTo(Errno.ENOENT));

      bindAsAnotherProcess(file).close();

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> connect("ipc://" + file))
          .satisfies(e -> assertThat(IoErrors.errnoOf(e)).isEqualTo(Errno.ECONNREFUSED));
    }

    @Test
    void opensANonBlockingChannelNotYetConnected() throws Exception {
      SocketChannel channel = open("ipc://" + directory.resolve("a"));

      assertThat(channel.isBlocking()).isFalse();
      assertThat(channel.isConnected()).isFalse();
    }

    @Test
    void carriesOctets() throws Exception {
      Listening listening = bind("ipc://" + directory.resolve("a"));
      SocketChannel client = connect(listening.endpoint());
      SocketChannel server = accept(listening);
      assertThat(server.isBlocking()).isFalse();

      client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));

      ByteBuffer received = ByteBuffer.allocate(3);
      while (received.hasRemaining()) {
        await(server);
        assertThat(server.read(received)).isPositive();
      }
      assertThat(received.array()).containsExactly(1, 2, 3);
    }
  }

  @Nested
  class Close {
    @Test
    void removesTheFileAndMayBeRepeated() throws Exception {
      Path file = directory.resolve("a");
      Listening listening = bind("ipc://" + file);

      listening.close();
      listening.close();

      assertThat(directory).isEmptyDirectory();
      assertThat(listening.channel().isOpen()).isFalse();
    }

    @Test
    void leavesTheFileOfAProcessThatTookThePathOver() throws Exception {
      Path file = directory.resolve("a");
      Listening listening = bind("ipc://" + file);
      Files.delete(file);
      ServerSocketChannel other = bindAsAnotherProcess(file);

      listening.close();

      assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
      connect("ipc://" + file);
      SocketChannel accepted = other.accept();
      opened.add(accepted);
      assertThat(accepted).isNotNull();
    }

    @Test
    void acceptsThatTheFileIsGone() throws Exception {
      Path file = directory.resolve("a");
      Listening listening = bind("ipc://" + file);
      Files.delete(file);

      listening.close();

      assertThat(listening.channel().isOpen()).isFalse();
    }

    @Test
    void againDoesNotEndTheNextBindOfThatPath() throws Exception {
      Path file = directory.resolve("a");
      Listening first = bind("ipc://" + file);
      first.close();
      bind("ipc://" + file);

      first.close();

      assertThat(Files.exists(file)).isTrue();
      assertEndpointError("ipc://" + file, Errno.EADDRINUSE, "this process");
    }
  }

  @Nested
  class PeerAddress {
    @Test
    void tellsUserAndGroup() throws Exception {
      Listening listening = bind("ipc://" + directory.resolve("a"));
      connect(listening.endpoint());

      assertThat(ipc.peerAddress(accept(listening)))
          .matches("localhost:[^:]+:[^:]+")
          .contains(":" + Files.getOwner(directory).getName() + ":");
    }

    @Test
    void isTheHostAloneWhenItCannotBeTold() throws Exception {
      SocketChannel channel = open("ipc://" + directory.resolve("a"));
      channel.close();

      assertThat(ipc.peerAddress(channel)).isEqualTo("localhost");
    }
  }

  private Listening bind(String text) {
    Listening listening = ipc.bind(Endpoint.parse(text), options);
    opened.add(listening);
    return listening;
  }

  private ServerSocketChannel bindAsAnotherProcess(Path file) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    opened.add(channel);
    Files.deleteIfExists(file);
    return channel.bind(UnixDomainSocketAddress.of(file));
  }

  private void check(String text) {
    ipc.checkConnect(Endpoint.parse(text), options);
  }

  private SocketChannel open(String text) throws IOException {
    SocketChannel channel = ipc.open(ipc.resolve(Endpoint.parse(text), options), options);
    opened.add(channel);
    return channel;
  }

  private SocketChannel connect(String text) throws IOException {
    SocketChannel channel = open(text);
    assertThat(channel.connect(ipc.resolve(Endpoint.parse(text), options).remote())).isTrue();
    return channel;
  }

  private SocketChannel accept(Listening listening) throws IOException {
    try (Selector selector = Selector.open()) {
      listening.channel().register(selector, SelectionKey.OP_ACCEPT);
      assertThat(selector.select(WAIT_MILLIS)).isEqualTo(1);
    }
    SocketChannel channel = listening.channel().accept();
    opened.add(channel);
    ipc.configureAccepted(channel, options);
    return channel;
  }

  private static void await(SocketChannel channel) throws IOException {
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      assertThat(selector.select(WAIT_MILLIS)).isEqualTo(1);
    }
  }

  private void assertEndpointError(String text, Errno errno, String reason) {
    assertThatExceptionOfType(ZmqEndpointException.class)
        .isThrownBy(() -> bind(text))
        .withMessageContaining(text)
        .withMessageContaining(reason)
        .satisfies(e -> assertThat(e.errno()).isEqualTo(errno))
        .satisfies(e -> assertThat(e.endpoint()).isEqualTo(text));
  }
}
