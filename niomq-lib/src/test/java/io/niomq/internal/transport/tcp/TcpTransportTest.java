package io.niomq.internal.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.niomq.Errno;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.Listening;
import io.niomq.internal.transport.Target;
import io.niomq.internal.transport.Transport;
import io.niomq.testing.ShowsOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tcp transport: {@code tcp://host:port} and what becomes of it. */
@Timeout(30)
class TcpTransportTest {
  private static final int WAIT_MILLIS = 10_000;

  private final Transport tcp = new TcpTransport();
  private final OptionValues options = new OptionValues(SocketType.PULL);
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    Collections.reverse(opened);
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Nested
  class Bind {
    @ParameterizedTest
    @CsvSource({
      "tcp://*:*, tcp://0.0.0.0:",
      "tcp://*:0, tcp://0.0.0.0:",
      "tcp://0.0.0.0:*, tcp://0.0.0.0:",
      "tcp://127.0.0.1:*, tcp://127.0.0.1:",
      "tcp://[127.0.0.1]:*, tcp://127.0.0.1:",
      "tcp://localhost:*, tcp://127.0.0.1:"
    })
    void tellsTheNumericEndpointWithItsPort(String text, String start) throws Exception {
      Listening listening = bind(text);

      int port = ((InetSocketAddress) listening.channel().getLocalAddress()).getPort();
      assertThat(port).isPositive();
      assertThat(listening.endpoint()).isEqualTo(start + port);
    }

    @Test
    void takesTheFirstAddressOfAnInterface() throws Exception {
      Listening listening = bind("tcp://" + loopbackInterface() + ":*");

      assertThat(listening.endpoint()).startsWith("tcp://127.");
    }

    @Test
    void givesANonBlockingChannel() {
      assertThat(bind("tcp://127.0.0.1:*").channel().isBlocking()).isFalse();
    }

    @Test
    void takesTheEndpointItToldBefore() throws Exception {
      Listening first = bind("tcp://127.0.0.1:*");
      first.close();

      assertThat(bind(first.endpoint()).endpoint()).isEqualTo(first.endpoint());
    }

    @Test
    void isRefusedWhileThePortIsTaken() {
      String taken = bind("tcp://127.0.0.1:*").endpoint();

      assertEndpointError(taken, Errno.EADDRINUSE);
    }

    @Test
    void isRefusedForAnAddressOfAnotherHost() {
      assertEndpointError("tcp://192.0.2.77:*", Errno.EADDRNOTAVAIL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://no-such-host.invalid:*", "tcp://nosuchif0.invalid:5555"})
    void isRefusedForAHostThatNobodyKnows(String text) {
      assertEndpointError(text, Errno.ENODEV);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://[::1]:*", "tcp://::1:*", "tcp://[::]:*"})
    void isRefusedForIpv6WithoutTheOption(String text) {
      assertEndpointError(text, Errno.ENODEV);
    }

    @ParameterizedTest
    @ValueSource(strings = {"010.0.0.1", "10.0.0.01", "0177.1", "127.0.0.00"})
    void isInvalidWithALeadingZeroThatMayMeanOctal(String host) {
      assertInvalidBind("tcp://" + host + ":*")
          .withMessageContaining('"' + host + '"')
          .withMessageContaining("from 0 to 255");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9x", "x", "", "-1", "+1", "65536", "70000", "99999999999", "1 ", "٣"})
    void isInvalidWithAnotherPortThanZeroTo65535(String port) {
      assertInvalidBind("tcp://127.0.0.1:" + port)
          .withMessageContaining('"' + port + '"')
          .withMessageContaining("0 to 65535");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "tcp://127.0.0.1",
          "tcp://127.0.0.1:*/res",
          "tcp://127.0.0.1:5555/res",
          "tcp://:5555",
          "tcp://[]:5555",
          "tcp://[::1:5555",
          "tcp://::1]:5555",
          "tcp://127.0.0.1:0;127.0.0.1:5555",
          "tcp://a b:5555",
          "tcp://a/b:5555",
          "tcp://1::2::3:5555",
          "tcp://[fe80::1%]:5555",
          "tcp://127.0.0.1%lo:5555"
        })
    void isInvalidWhenMalformed(String text) {
      assertInvalidBind(text).withMessageContaining(text);
    }

    @Test
    void isInvalidForAnUnknownZone() {
      options.set(SocketOptions.IPV6, true);

      assertInvalidBind("tcp://[fe80::1%nosuchif0]:*").withMessageContaining("zone");
    }

    @Test
    void reusesAddressesAndAppliesTheReceiveBuffer() throws Exception {
      int systems = bind("tcp://127.0.0.1:*").channel().getOption(StandardSocketOptions.SO_RCVBUF);
      options.set(SocketOptions.RCVBUF, 20_000);

      ServerSocketChannel channel = bind("tcp://127.0.0.1:*").channel();

      assertThat(channel.getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
      assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF))
          .isGreaterThanOrEqualTo(20_000)
          .isLessThan(systems);
    }

    @Test
    void endsAtCloseWhichMayBeRepeated() {
      Listening listening = bind("tcp://127.0.0.1:*");

      listening.close();
      listening.close();

      assertThat(listening.channel().isOpen()).isFalse();
    }
  }

  @Nested
  class BindWithIpv6 {
    @ParameterizedTest
    @CsvSource({
      "tcp://*:*, tcp://[::]:",
      "tcp://[::]:*, tcp://[::]:",
      "tcp://[::1]:*, tcp://[::1]:",
      "tcp://::1:*, tcp://[::1]:",
      "tcp://127.0.0.1:*, tcp://127.0.0.1:"
    })
    void tellsTheNumericEndpoint(String text, String start) {
      allowIpv6();

      assertThat(bind(text).endpoint()).startsWith(start);
    }

    @Test
    void takesTheIpv6AddressOfAnInterface() throws Exception {
      allowIpv6();

      assertThat(bind("tcp://" + loopbackInterface() + ":*").endpoint()).startsWith("tcp://[::1]:");
    }

    @Test
    void takesPeersOfBothFamiliesWithTheWildcard() throws Exception {
      allowIpv6();
      Listening listening = bind("tcp://*:*");
      int port = ((InetSocketAddress) listening.channel().getLocalAddress()).getPort();

      for (String host : List.of("127.0.0.1", "::1")) {
        connect("tcp://[" + host + "]:" + port);
        assertThat(tcp.peerAddress(accept(listening))).isEqualTo(host);
      }
    }
  }

  @Nested
  class ConnectSyntax {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "tcp://127.0.0.1:5555",
          "tcp://127.0.0.1:0",
          "tcp://localhost:5555",
          "tcp://no-such-host.invalid:5555",
          "tcp://[::1]:5555",
          "tcp://::1:5555",
          "tcp://[fe80::1%nosuchif0]:5555",
          "tcp://[fe80::1%1]:5555",
          "tcp://127.0.0.1:0;localhost:5555",
          "tcp://127.0.0.1:*;localhost:5555",
          "tcp://lo:5556;localhost:5555",
          "tcp://[::1]:0;[::1]:5555"
        })
    void isAllThatIsChecked(String text) {
      assertThatCode(() -> tcp.checkConnect(Endpoint.parse(text), options))
          .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "tcp://127.0.0.1",
          "tcp://127.0.0.1:*",
          "tcp://*:5555",
          "tcp://h:http",
          "tcp://h:5555x",
          "tcp://h:70000",
          "tcp://h:",
          "tcp://:5555",
          "tcp://h:5555/path",
          "tcp://h o:5555",
          "tcp://h?:5555",
          "tcp://[::1:5555",
          "tcp://1:2:3:5555",
          "tcp://[fe80::1%]:5555",
          "tcp://;h:5555",
          "tcp://127.0.0.1;h:5555",
          "tcp://*:0;h:5555",
          "tcp://a:0;b:0;h:5555",
          "tcp://127.0.0.1:0;h:*"
        })
    void isInvalidOtherwise(String text) {
      assertThatExceptionOfType(ZmqArgumentException.class)
          .isThrownBy(() -> tcp.checkConnect(Endpoint.parse(text), options))
          .withMessageContaining(text)
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }
  }

  @Nested
  class Resolving {
    @ParameterizedTest
    @CsvSource({
      "tcp://127.0.0.1:1, false",
      "tcp://[::1]:1, false",
      "tcp://127.0.0.1:0;127.0.0.1:1, false",
      "tcp://localhost:1, true",
      "tcp://127.0.0.1:0;localhost:1, true"
    })
    void asksTheNameServiceForNamesOnly(String text, boolean needed) {
      assertThat(tcp.needsLookup(Endpoint.parse(text), options)).isEqualTo(needed);
    }

    @Test
    void asksTheNameServiceForTheProxyOnly() {
      options.set(SocketOptions.SOCKS_PROXY, "127.0.0.1:1080");
      assertThat(tcp.needsLookup(Endpoint.parse("tcp://localhost:1"), options)).isFalse();
      options.set(SocketOptions.SOCKS_PROXY, "localhost:1080");
      assertThat(tcp.needsLookup(Endpoint.parse("tcp://127.0.0.1:1"), options)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:5555", "tcp://localhost:5555"})
    void givesTheTargetWithoutASource(String text) throws Exception {
      assertThat(resolve(text))
          .isEqualTo(new Target(new InetSocketAddress(address("127.0.0.1"), 5555), null));
    }

    @Test
    void givesTheSourceBeforeTheSemicolon() throws Exception {
      InetSocketAddress remote = new InetSocketAddress(address("127.0.0.1"), 5555);

      assertThat(resolve("tcp://127.0.0.2:*;127.0.0.1:5555"))
          .isEqualTo(new Target(remote, new InetSocketAddress(address("127.0.0.2"), 0)));
      assertThat(resolve("tcp://" + loopbackInterface() + ":77;127.0.0.1:5555"))
          .isEqualTo(new Target(remote, new InetSocketAddress(address("127.0.0.1"), 77)));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "tcp://no-such-host.invalid:5555",
          "tcp://[::1]:5555",
          "tcp://nosuchif0:0;127.0.0.1:5555",
          "tcp://[::1]:0;127.0.0.1:5555"
        })
    void failsWithoutAUsableAddress(String text) {
      assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> resolve(text));
    }

    @Test
    void failsForAZoneThatIsNoInterface() {
      options.set(SocketOptions.IPV6, true);

      assertThatExceptionOfType(UnknownHostException.class)
          .isThrownBy(() -> resolve("tcp://[fe80::1%nosuchif0]:5555"));
    }

    @Test
    void givesIpv6WithTheOption() throws Exception {
      options.set(SocketOptions.IPV6, true);

      assertThat(resolve("tcp://[::1]:5555").remote())
          .isEqualTo(new InetSocketAddress(address("::1"), 5555));
      assertThat(resolve("tcp://127.0.0.1:5555").remote())
          .isEqualTo(new InetSocketAddress(address("127.0.0.1"), 5555));
    }
  }

  @Nested
  class Channels {
    @Test
    void areOpenedNonBlockingAndNotYetConnected() throws Exception {
      SocketChannel channel = open("tcp://127.0.0.1:5555");

      assertThat(channel.isBlocking()).isFalse();
      assertThat(channel.isConnected()).isFalse();
      assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
    }

    @Test
    @ShowsOption("ZMQ_SNDBUF")
    @ShowsOption("ZMQ_RCVBUF")
    @ShowsOption("ZMQ_TCP_KEEPALIVE")
    @ShowsOption("ZMQ_TOS")
    void haveTheOptionsOfTheSocketOnBothSides() throws Exception {
      options.set(SocketOptions.TCP_KEEPALIVE, 1);
      options.set(SocketOptions.TOS, 8);
      options.set(SocketOptions.SNDBUF, 20_000);
      options.set(SocketOptions.RCVBUF, 20_000);
      Listening listening = bind("tcp://127.0.0.1:*");

      SocketChannel client = connect(listening.endpoint());
      SocketChannel server = accept(listening);

      SocketChannel plain = SocketChannel.open();
      opened.add(plain);
      for (SocketChannel channel : List.of(client, server)) {
        assertThat(channel.isBlocking()).isFalse();
        assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        assertThat(channel.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(8);
        assertThat(channel.getOption(StandardSocketOptions.SO_SNDBUF))
            .isGreaterThanOrEqualTo(20_000)
            .isNotEqualTo(plain.getOption(StandardSocketOptions.SO_SNDBUF));
        assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF))
            .isGreaterThanOrEqualTo(20_000)
            .isNotEqualTo(plain.getOption(StandardSocketOptions.SO_RCVBUF));
      }
    }

    @Test
    @ShowsOption("ZMQ_TCP_KEEPALIVE_CNT")
    @ShowsOption("ZMQ_TCP_KEEPALIVE_IDLE")
    @ShowsOption("ZMQ_TCP_KEEPALIVE_INTVL")
    void haveTheProbesOfTheSocketOnBothSides() throws Exception {
      options.set(SocketOptions.TCP_KEEPALIVE, 1);
      options.set(SocketOptions.TCP_KEEPALIVE_CNT, 3);
      options.set(SocketOptions.TCP_KEEPALIVE_IDLE, 11);
      options.set(SocketOptions.TCP_KEEPALIVE_INTVL, 7);
      Listening listening = bind("tcp://127.0.0.1:*");
      SocketChannel client = connect(listening.endpoint());
      SocketChannel server = accept(listening);
      for (SocketChannel channel : List.of(client, server)) {
        assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)).isEqualTo(3);
        assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(11);
        assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(7);
      }
    }

    @Test
    void keepTheSystemsDefaultsWithoutOptions() throws Exception {
      SocketChannel plain = SocketChannel.open();
      opened.add(plain);

      SocketChannel channel = open("tcp://127.0.0.1:5555");

      assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE))
          .isEqualTo(plain.getOption(StandardSocketOptions.SO_KEEPALIVE));
      assertThat(channel.getOption(StandardSocketOptions.SO_SNDBUF))
          .isEqualTo(plain.getOption(StandardSocketOptions.SO_SNDBUF));
      assertThat(channel.getOption(StandardSocketOptions.IP_TOS)).isZero();
    }

    @Test
    @ShowsOption("ZMQ_BACKLOG")
    void beyondTheBacklogWait() throws Exception {
      options.set(SocketOptions.BACKLOG, 1);
      Listening listening = bind("tcp://127.0.0.1:*");
      InetSocketAddress address = (InetSocketAddress) listening.channel().getLocalAddress();
      int connected = 0;
      boolean full = false;
      while (!full && connected < 10) { // Linux lets one more in than was asked for
        Socket peer = new Socket();
        opened.add(peer);
        try {
          peer.connect(address, 300);
          connected++;
        } catch (SocketTimeoutException e) {
          full = true;
        }
      }
      assertThat(full).isTrue();
      assertThat(connected).isBetween(1, 3);
      accept(listening);
      Socket next = new Socket();
      opened.add(next);
      next.connect(address, WAIT_MILLIS);
    }

    @Test
    void comeFromTheSourceAddress() throws Exception {
      Listening listening = bind("tcp://127.0.0.1:*");
      String target = listening.endpoint().substring("tcp://".length());

      SocketChannel channel = connect("tcp://127.0.0.1:0;" + target);

      assertThat(channel.getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
      SocketChannel accepted = accept(listening);
      assertThat(accepted.getRemoteAddress()).isEqualTo(channel.getLocalAddress());
    }

    @Test
    void areNotLeftOpenWhenTheSourceIsRefused() {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> open("tcp://192.0.2.77:0;127.0.0.1:5555"));
    }

    @Test
    void carryOctets() throws Exception {
      Listening listening = bind("tcp://127.0.0.1:*");
      SocketChannel client = connect(listening.endpoint());
      SocketChannel server = accept(listening);

      client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));

      ByteBuffer received = ByteBuffer.allocate(3);
      while (received.hasRemaining()) {
        await(server, SelectionKey.OP_READ);
        assertThat(server.read(received)).isPositive();
      }
      assertThat(received.array()).containsExactly(1, 2, 3);
    }
  }

  @Nested
  class PeerAddress {
    @Test
    void isNumericWithoutThePort() throws Exception {
      Listening listening = bind("tcp://127.0.0.1:*");
      SocketChannel client = connect(listening.endpoint());

      assertThat(tcp.peerAddress(client)).isEqualTo("127.0.0.1");
      assertThat(tcp.peerAddress(accept(listening))).isEqualTo("127.0.0.1");
    }

    @Test
    void isEmptyWhenItCannotBeTold() throws Exception {
      SocketChannel channel = open("tcp://127.0.0.1:5555");
      assertThat(tcp.peerAddress(channel)).isEmpty();

      channel.close();
      assertThat(tcp.peerAddress(channel)).isEmpty();
    }
  }

  private Listening bind(String text) {
    Listening listening = tcp.bind(Endpoint.parse(text), options);
    opened.add(listening);
    return listening;
  }

  private Target resolve(String text) throws IOException {
    return tcp.resolve(Endpoint.parse(text), options);
  }

  private SocketChannel open(String text) throws IOException {
    SocketChannel channel = tcp.open(resolve(text), options);
    opened.add(channel);
    return channel;
  }

  private SocketChannel connect(String text) throws IOException {
    SocketChannel channel = open(text);
    if (!channel.connect(resolve(text).remote())) {
      await(channel, SelectionKey.OP_CONNECT);
      assertThat(channel.finishConnect()).isTrue();
    }
    return channel;
  }

  private SocketChannel accept(Listening listening) throws IOException {
    try (Selector selector = Selector.open()) {
      listening.channel().register(selector, SelectionKey.OP_ACCEPT);
      assertThat(selector.select(WAIT_MILLIS)).isEqualTo(1);
    }
    SocketChannel channel = listening.channel().accept();
    opened.add(channel);
    tcp.configureAccepted(channel, options);
    return channel;
  }

  private static void await(SocketChannel channel, int operation) throws IOException {
    try (Selector selector = Selector.open()) {
      channel.register(selector, operation);
      assertThat(selector.select(WAIT_MILLIS)).isEqualTo(1);
    }
  }

  private void assertEndpointError(String text, Errno errno) {
    assertThatExceptionOfType(ZmqEndpointException.class)
        .isThrownBy(() -> bind(text))
        .withMessageContaining(text)
        .satisfies(e -> assertThat(e.errno()).isEqualTo(errno))
        .satisfies(e -> assertThat(e.endpoint()).isEqualTo(text));
  }

  private ThrowableAssertAlternative<ZmqArgumentException> assertInvalidBind(String text) {
    return assertThatExceptionOfType(ZmqArgumentException.class)
        .isThrownBy(() -> bind(text))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
  }

  /** Sets the option, on a host whose loopback interface has IPv6. */
  private void allowIpv6() {
    boolean loopbackHasIpv6;
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(new InetSocketAddress("::1", 0));
      loopbackHasIpv6 = true;
    } catch (IOException | UnsupportedOperationException e) {
      loopbackHasIpv6 = false;
    }
    assumeTrue(loopbackHasIpv6, "loopback has no IPv6");
    options.set(SocketOptions.IPV6, true);
  }

  private static String loopbackInterface() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1")).getName();
  }

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }
}
