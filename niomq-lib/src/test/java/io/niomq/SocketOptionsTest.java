package io.niomq;

import static io.niomq.SocketType.DEALER;
import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.REQ;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The options of a socket, as libzmq's {@code zmq_setsockopt} and {@code zmq_getsockopt} describe
 * them.
 */
@ExtendWith(NoLeaks.class)
class SocketOptionsTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  static Stream<SocketOption<?>> all() {
    return SocketOptions.all().stream();
  }

  static Stream<SocketOption<?>> unsupported() {
    return all().filter(option -> !option.supported());
  }

  /**
   * Name, number and default as in libzmq; the default for a DEALER, or for the first type that has
   * it.
   */
  static Stream<Arguments> table() {
    return Stream.of(
        Arguments.of(SocketOptions.SNDHWM, "ZMQ_SNDHWM", 23, 1000),
        Arguments.of(SocketOptions.RCVHWM, "ZMQ_RCVHWM", 24, 1000),
        Arguments.of(SocketOptions.LINGER, "ZMQ_LINGER", 17, Duration.ofSeconds(30)),
        Arguments.of(SocketOptions.RCVTIMEO, "ZMQ_RCVTIMEO", 27, SocketOptions.FOREVER),
        Arguments.of(SocketOptions.SNDTIMEO, "ZMQ_SNDTIMEO", 28, SocketOptions.FOREVER),
        Arguments.of(SocketOptions.ROUTING_ID, "ZMQ_ROUTING_ID", 5, new byte[0]),
        Arguments.of(SocketOptions.CONFLATE, "ZMQ_CONFLATE", 54, false),
        Arguments.of(SocketOptions.IMMEDIATE, "ZMQ_IMMEDIATE", 39, false),
        Arguments.of(SocketOptions.ROUTER_MANDATORY, "ZMQ_ROUTER_MANDATORY", 33, false),
        Arguments.of(SocketOptions.ROUTER_HANDOVER, "ZMQ_ROUTER_HANDOVER", 56, false),
        Arguments.of(SocketOptions.CONNECT_ROUTING_ID, "ZMQ_CONNECT_ROUTING_ID", 61, new byte[0]),
        Arguments.of(SocketOptions.ROUTER_NOTIFY, "ZMQ_ROUTER_NOTIFY", 97, 0),
        Arguments.of(SocketOptions.HELLO_MSG, "ZMQ_HELLO_MSG", 110, new byte[0]),
        Arguments.of(SocketOptions.DISCONNECT_MSG, "ZMQ_DISCONNECT_MSG", 111, new byte[0]),
        Arguments.of(SocketOptions.HICCUP_MSG, "ZMQ_HICCUP_MSG", 114, new byte[0]),
        Arguments.of(SocketOptions.ROUTER_RAW, "ZMQ_ROUTER_RAW", 41, false),
        Arguments.of(SocketOptions.STREAM_NOTIFY, "ZMQ_STREAM_NOTIFY", 73, true),
        Arguments.of(SocketOptions.IN_BATCH_SIZE, "ZMQ_IN_BATCH_SIZE", 101, 8192),
        Arguments.of(SocketOptions.PROBE_ROUTER, "ZMQ_PROBE_ROUTER", 51, false),
        Arguments.of(SocketOptions.REQ_CORRELATE, "ZMQ_REQ_CORRELATE", 52, false),
        Arguments.of(SocketOptions.REQ_RELAXED, "ZMQ_REQ_RELAXED", 53, false),
        Arguments.of(SocketOptions.XPUB_VERBOSE, "ZMQ_XPUB_VERBOSE", 40, false),
        Arguments.of(SocketOptions.XPUB_VERBOSER, "ZMQ_XPUB_VERBOSER", 78, false),
        Arguments.of(SocketOptions.XPUB_MANUAL, "ZMQ_XPUB_MANUAL", 71, false),
        Arguments.of(SocketOptions.XPUB_MANUAL_LAST_VALUE, "ZMQ_XPUB_MANUAL_LAST_VALUE", 98, false),
        Arguments.of(SocketOptions.XPUB_WELCOME_MSG, "ZMQ_XPUB_WELCOME_MSG", 72, new byte[0]),
        Arguments.of(SocketOptions.ONLY_FIRST_SUBSCRIBE, "ZMQ_ONLY_FIRST_SUBSCRIBE", 108, false),
        Arguments.of(
            SocketOptions.XSUB_VERBOSE_UNSUBSCRIBE, "ZMQ_XSUB_VERBOSE_UNSUBSCRIBE", 115, false),
        Arguments.of(SocketOptions.TOPICS_COUNT, "ZMQ_TOPICS_COUNT", 116, 0),
        Arguments.of(SocketOptions.XPUB_NODROP, "ZMQ_XPUB_NODROP", 69, false),
        Arguments.of(SocketOptions.INVERT_MATCHING, "ZMQ_INVERT_MATCHING", 74, false),
        Arguments.of(SocketOptions.RECONNECT_IVL, "ZMQ_RECONNECT_IVL", 18, Duration.ofMillis(100)),
        Arguments.of(SocketOptions.RECONNECT_IVL_MAX, "ZMQ_RECONNECT_IVL_MAX", 21, Duration.ZERO),
        Arguments.of(SocketOptions.HANDSHAKE_IVL, "ZMQ_HANDSHAKE_IVL", 66, Duration.ofSeconds(30)),
        Arguments.of(SocketOptions.RECONNECT_STOP, "ZMQ_RECONNECT_STOP", 109, 0),
        Arguments.of(SocketOptions.SOCKS_PROXY, "ZMQ_SOCKS_PROXY", 68, ""),
        Arguments.of(SocketOptions.SOCKS_USERNAME, "ZMQ_SOCKS_USERNAME", 99, ""),
        Arguments.of(SocketOptions.SOCKS_PASSWORD, "ZMQ_SOCKS_PASSWORD", 100, ""),
        Arguments.of(SocketOptions.CONNECT_TIMEOUT, "ZMQ_CONNECT_TIMEOUT", 79, Duration.ZERO),
        Arguments.of(SocketOptions.HEARTBEAT_IVL, "ZMQ_HEARTBEAT_IVL", 75, Duration.ZERO),
        Arguments.of(SocketOptions.HEARTBEAT_TTL, "ZMQ_HEARTBEAT_TTL", 76, Duration.ZERO),
        Arguments.of(
            SocketOptions.HEARTBEAT_TIMEOUT, "ZMQ_HEARTBEAT_TIMEOUT", 77, SocketOptions.FOREVER),
        Arguments.of(SocketOptions.MAXMSGSIZE, "ZMQ_MAXMSGSIZE", 22, -1L),
        Arguments.of(SocketOptions.METADATA, "ZMQ_METADATA", 95, null),
        Arguments.of(SocketOptions.MECHANISM, "ZMQ_MECHANISM", 43, 0),
        Arguments.of(SocketOptions.PLAIN_SERVER, "ZMQ_PLAIN_SERVER", 44, false),
        Arguments.of(SocketOptions.PLAIN_USERNAME, "ZMQ_PLAIN_USERNAME", 45, ""),
        Arguments.of(SocketOptions.PLAIN_PASSWORD, "ZMQ_PLAIN_PASSWORD", 46, ""),
        Arguments.of(SocketOptions.CURVE_SERVER, "ZMQ_CURVE_SERVER", 47, false),
        Arguments.of(SocketOptions.CURVE_PUBLICKEY, "ZMQ_CURVE_PUBLICKEY", 48, new byte[0]),
        Arguments.of(SocketOptions.CURVE_SECRETKEY, "ZMQ_CURVE_SECRETKEY", 49, new byte[0]),
        Arguments.of(SocketOptions.CURVE_SERVERKEY, "ZMQ_CURVE_SERVERKEY", 50, new byte[0]),
        Arguments.of(SocketOptions.GSSAPI_SERVER, "ZMQ_GSSAPI_SERVER", 62, false),
        Arguments.of(SocketOptions.GSSAPI_PRINCIPAL, "ZMQ_GSSAPI_PRINCIPAL", 63, ""),
        Arguments.of(
            SocketOptions.GSSAPI_SERVICE_PRINCIPAL, "ZMQ_GSSAPI_SERVICE_PRINCIPAL", 64, ""),
        Arguments.of(SocketOptions.GSSAPI_PLAINTEXT, "ZMQ_GSSAPI_PLAINTEXT", 65, false),
        Arguments.of(
            SocketOptions.GSSAPI_PRINCIPAL_NAMETYPE, "ZMQ_GSSAPI_PRINCIPAL_NAMETYPE", 90, 0),
        Arguments.of(
            SocketOptions.GSSAPI_SERVICE_PRINCIPAL_NAMETYPE,
            "ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE",
            91,
            0),
        Arguments.of(SocketOptions.ZAP_DOMAIN, "ZMQ_ZAP_DOMAIN", 55, ""),
        Arguments.of(SocketOptions.ZAP_ENFORCE_DOMAIN, "ZMQ_ZAP_ENFORCE_DOMAIN", 93, false),
        Arguments.of(SocketOptions.BACKLOG, "ZMQ_BACKLOG", 19, 100),
        Arguments.of(SocketOptions.SNDBUF, "ZMQ_SNDBUF", 11, -1),
        Arguments.of(SocketOptions.RCVBUF, "ZMQ_RCVBUF", 12, -1),
        Arguments.of(SocketOptions.TCP_KEEPALIVE, "ZMQ_TCP_KEEPALIVE", 34, -1),
        Arguments.of(SocketOptions.TCP_KEEPALIVE_CNT, "ZMQ_TCP_KEEPALIVE_CNT", 35, -1),
        Arguments.of(SocketOptions.TCP_KEEPALIVE_IDLE, "ZMQ_TCP_KEEPALIVE_IDLE", 36, -1),
        Arguments.of(SocketOptions.TCP_KEEPALIVE_INTVL, "ZMQ_TCP_KEEPALIVE_INTVL", 37, -1),
        Arguments.of(SocketOptions.TCP_ACCEPT_FILTER, "ZMQ_TCP_ACCEPT_FILTER", 38, null),
        Arguments.of(SocketOptions.IPC_FILTER_UID, "ZMQ_IPC_FILTER_UID", 59, null),
        Arguments.of(SocketOptions.IPC_FILTER_GID, "ZMQ_IPC_FILTER_GID", 60, null),
        Arguments.of(SocketOptions.IPC_FILTER_PID, "ZMQ_IPC_FILTER_PID", 58, null),
        Arguments.of(SocketOptions.TOS, "ZMQ_TOS", 57, 0),
        Arguments.of(SocketOptions.IPV6, "ZMQ_IPV6", 42, false),
        Arguments.of(SocketOptions.AFFINITY, "ZMQ_AFFINITY", 4, 0L),
        Arguments.of(SocketOptions.EVENTS, "ZMQ_EVENTS", 15, null),
        Arguments.of(SocketOptions.RCVMORE, "ZMQ_RCVMORE", 13, false),
        Arguments.of(SocketOptions.THREAD_SAFE, "ZMQ_THREAD_SAFE", 81, true),
        Arguments.of(SocketOptions.FD, "ZMQ_FD", 14, null),
        Arguments.of(SocketOptions.IPV4ONLY, "ZMQ_IPV4ONLY", 31, true),
        Arguments.of(SocketOptions.OUT_BATCH_SIZE, "ZMQ_OUT_BATCH_SIZE", 102, 8192),
        Arguments.of(SocketOptions.TCP_MAXRT, "ZMQ_TCP_MAXRT", 80, Duration.ZERO),
        Arguments.of(SocketOptions.BINDTODEVICE, "ZMQ_BINDTODEVICE", 92, ""),
        Arguments.of(SocketOptions.PRIORITY, "ZMQ_PRIORITY", 112, 0),
        Arguments.of(SocketOptions.BUSY_POLL, "ZMQ_BUSY_POLL", 113, 0),
        Arguments.of(SocketOptions.USE_FD, "ZMQ_USE_FD", 89, -1),
        Arguments.of(SocketOptions.LOOPBACK_FASTPATH, "ZMQ_LOOPBACK_FASTPATH", 94, false),
        Arguments.of(SocketOptions.MULTICAST_LOOP, "ZMQ_MULTICAST_LOOP", 96, true),
        Arguments.of(SocketOptions.WSS_KEY_PEM, "ZMQ_WSS_KEY_PEM", 103, ""),
        Arguments.of(SocketOptions.WSS_CERT_PEM, "ZMQ_WSS_CERT_PEM", 104, ""),
        Arguments.of(SocketOptions.WSS_TRUST_PEM, "ZMQ_WSS_TRUST_PEM", 105, ""),
        Arguments.of(SocketOptions.WSS_HOSTNAME, "ZMQ_WSS_HOSTNAME", 106, ""),
        Arguments.of(SocketOptions.WSS_TRUST_SYSTEM, "ZMQ_WSS_TRUST_SYSTEM", 107, false),
        Arguments.of(SocketOptions.VMCI_BUFFER_SIZE, "ZMQ_VMCI_BUFFER_SIZE", 85, 0L),
        Arguments.of(SocketOptions.VMCI_BUFFER_MIN_SIZE, "ZMQ_VMCI_BUFFER_MIN_SIZE", 86, 0L),
        Arguments.of(SocketOptions.VMCI_BUFFER_MAX_SIZE, "ZMQ_VMCI_BUFFER_MAX_SIZE", 87, 0L),
        Arguments.of(
            SocketOptions.VMCI_CONNECT_TIMEOUT,
            "ZMQ_VMCI_CONNECT_TIMEOUT",
            88,
            SocketOptions.FOREVER),
        Arguments.of(SocketOptions.NORM_MODE, "ZMQ_NORM_MODE", 117, 1),
        Arguments.of(SocketOptions.NORM_UNICAST_NACK, "ZMQ_NORM_UNICAST_NACK", 118, false),
        Arguments.of(SocketOptions.NORM_BUFFER_SIZE, "ZMQ_NORM_BUFFER_SIZE", 119, 2048),
        Arguments.of(SocketOptions.NORM_SEGMENT_SIZE, "ZMQ_NORM_SEGMENT_SIZE", 120, 1400),
        Arguments.of(SocketOptions.NORM_BLOCK_SIZE, "ZMQ_NORM_BLOCK_SIZE", 121, 16),
        Arguments.of(SocketOptions.NORM_NUM_PARITY, "ZMQ_NORM_NUM_PARITY", 122, 4),
        Arguments.of(SocketOptions.NORM_NUM_AUTOPARITY, "ZMQ_NORM_NUM_AUTOPARITY", 123, 0),
        Arguments.of(SocketOptions.NORM_PUSH, "ZMQ_NORM_PUSH", 124, false),
        Arguments.of(SocketOptions.TYPE, "ZMQ_TYPE", 16, 5),
        Arguments.of(SocketOptions.LAST_ENDPOINT, "ZMQ_LAST_ENDPOINT", 32, ""),
        Arguments.of(SocketOptions.RATE, "ZMQ_RATE", 8, 100),
        Arguments.of(SocketOptions.RECOVERY_IVL, "ZMQ_RECOVERY_IVL", 9, Duration.ofSeconds(10)),
        Arguments.of(SocketOptions.MULTICAST_HOPS, "ZMQ_MULTICAST_HOPS", 25, 1),
        Arguments.of(SocketOptions.MULTICAST_MAXTPDU, "ZMQ_MULTICAST_MAXTPDU", 84, 1500));
  }

  /** A value out of range, and a part of what the refusal says of it. */
  static Stream<Arguments> badValues() {
    return Stream.of(
        Arguments.of(SocketOptions.SNDHWM, -1, "-1"),
        Arguments.of(SocketOptions.RCVHWM, -7, "-7"),
        Arguments.of(SocketOptions.LINGER, Duration.ofDays(100), "2147483647"),
        Arguments.of(SocketOptions.RCVTIMEO, Duration.ofDays(100), "2147483647"),
        Arguments.of(SocketOptions.SNDTIMEO, Duration.ofSeconds(Long.MAX_VALUE), "2147483647"),
        Arguments.of(SocketOptions.ROUTING_ID, new byte[0], "0 octets"),
        Arguments.of(SocketOptions.ROUTING_ID, new byte[256], "256 octets"),
        Arguments.of(SocketOptions.RECONNECT_IVL, Duration.ofDays(100), "2147483647"),
        Arguments.of(SocketOptions.RECONNECT_IVL_MAX, Duration.ofMillis(-1), "-0.001"),
        Arguments.of(SocketOptions.HANDSHAKE_IVL, Duration.ofMillis(-1), "-0.001"),
        Arguments.of(SocketOptions.CONNECT_TIMEOUT, Duration.ofMillis(-1), "-0.001"),
        Arguments.of(SocketOptions.METADATA, "name:value", "name:value"),
        Arguments.of(SocketOptions.METADATA, "X-name", "X-name"),
        Arguments.of(SocketOptions.METADATA, "X-name:", "X-name:"),
        Arguments.of(SocketOptions.METADATA, "X-:value", "X-:value"),
        Arguments.of(SocketOptions.METADATA, "X-" + "n".repeat(254) + ":v", "255"),
        Arguments.of(SocketOptions.HEARTBEAT_IVL, Duration.ofMillis(-1), "-0.001"),
        Arguments.of(SocketOptions.HEARTBEAT_TTL, Duration.ofMillis(65_501), "65500"),
        Arguments.of(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ofDays(100), "2147483647"),
        Arguments.of(SocketOptions.PLAIN_USERNAME, "n".repeat(256), "255"),
        Arguments.of(SocketOptions.RECONNECT_IVL, Duration.ofNanos(500_000), "0.0005"),
        Arguments.of(SocketOptions.RECONNECT_IVL_MAX, Duration.ofNanos(500_000), "0.0005"),
        Arguments.of(SocketOptions.HANDSHAKE_IVL, Duration.ofNanos(1), "0.000000001"),
        Arguments.of(SocketOptions.CONNECT_TIMEOUT, Duration.ofNanos(1), "0.000000001"),
        Arguments.of(SocketOptions.HEARTBEAT_IVL, Duration.ofNanos(1), "0.000000001"),
        Arguments.of(SocketOptions.HEARTBEAT_TTL, Duration.ofNanos(999_999), "0.000999999"),
        Arguments.of(SocketOptions.HEARTBEAT_TIMEOUT, Duration.ofNanos(999_999), "0.000999999"),
        Arguments.of(SocketOptions.ZAP_DOMAIN, "\u00e9".repeat(128), "255"),
        Arguments.of(SocketOptions.TCP_KEEPALIVE_CNT, 128, "127"),
        Arguments.of(SocketOptions.TCP_KEEPALIVE_IDLE, 0, "32767"),
        Arguments.of(SocketOptions.TCP_KEEPALIVE_INTVL, -2, "-2"),
        Arguments.of(SocketOptions.IPC_FILTER_UID, -2, "-2"),
        Arguments.of(SocketOptions.IPC_FILTER_GID, -2, "-2"),
        Arguments.of(SocketOptions.RECONNECT_STOP, 8, "0 to 7"),
        Arguments.of(SocketOptions.SOCKS_USERNAME, "n".repeat(256), "255"),
        Arguments.of(SocketOptions.SOCKS_PASSWORD, "ä".repeat(128), "255"),
        Arguments.of(SocketOptions.BACKLOG, 0, "0"),
        Arguments.of(SocketOptions.SNDBUF, -2, "-2"),
        Arguments.of(SocketOptions.RCVBUF, -2, "-2"),
        Arguments.of(SocketOptions.TCP_KEEPALIVE, 2, "2"),
        Arguments.of(SocketOptions.TCP_KEEPALIVE, -2, "-2"),
        Arguments.of(SocketOptions.TOS, 256, "256"),
        Arguments.of(SocketOptions.TOS, -1, "-1"));
  }

  @Nested
  class EachOption {
    @ParameterizedTest
    @MethodSource("io.niomq.SocketOptionsTest#table")
    void hasTheNameNumberAndDefaultOfLibzmq(
        SocketOption<?> option, String name, int number, Object initial) {
      assertThat(option.name()).isEqualTo(name);
      assertThat(option.number()).isEqualTo(number);
      SocketType type =
          option.socketTypes().contains(DEALER) ? DEALER : option.socketTypes().iterator().next();
      assertThat((Object) option.defaultValue(type)).isEqualTo(initial);
      assertThat(option.toString()).isEqualTo(name + " (" + number + ")");
    }

    @Test
    void isInTheTableAboveAndInTheListing() throws IllegalAccessException {
      List<SocketOption<?>> constants = new ArrayList<>();
      for (Field field : SocketOptions.class.getFields()) {
        if (field.getType() == SocketOption.class) {
          constants.add((SocketOption<?>) field.get(null));
        }
      }
      assertThat(SocketOptions.all()).containsExactlyElementsOf(constants);
      assertThat(table().map(a -> a.get()[0])).containsExactlyElementsOf(constants);
    }

    @Test
    void hasANumberAndNameOfItsOwn() {
      Set<Object> seen = new HashSet<>();
      for (SocketOption<?> option : SocketOptions.all()) {
        assertThat(seen.add(option.name())).as(option.name()).isTrue();
        assertThat(seen.add(option.number())).as(option.name()).isTrue();
      }
    }

    @ParameterizedTest
    @MethodSource("io.niomq.SocketOptionsTest#all")
    void tellsItsRangeTypesAndEffect(SocketOption<?> option) {
      assertThat(option.range()).isNotBlank();
      assertThat(option.unit()).isNotNull();
      assertThat(option.effect()).isNotNull();
      assertThat(option.socketTypes()).isNotEmpty();
      assertThat(option.type()).isNotNull();
      assertThat(option.readable() || option.writable()).isEqualTo(option.supported());
      assertThat(option.unsupportedBecause().isEmpty()).isEqualTo(option.supported());
      assertThat(SocketOptions.all().get(option.index())).isSameAs(option);
    }

    @Test
    void hasItsUnit() {
      assertThat(SocketOptions.SNDHWM.unit()).isEqualTo("messages");
      assertThat(SocketOptions.LINGER.unit()).isEqualTo("milliseconds");
      assertThat(SocketOptions.ROUTING_ID.unit()).isEqualTo("octets");
      assertThat(SocketOptions.BACKLOG.unit()).isEqualTo("connections");
    }
  }

  @Nested
  class NewSockets {
    @ParameterizedTest
    @EnumSource(SocketType.class)
    void haveTheDefaults(SocketType type) {
      try (Socket socket = zmq.context().socket(type)) {
        for (SocketOption<?> option : SocketOptions.all()) {
          boolean has = option.socketTypes().contains(type) && option.readable();
          if (has && option != SocketOptions.EVENTS) { // asked of the socket
            assertThat((Object) socket.get(option))
                .as(option.name())
                .isEqualTo(option.defaultValue(type));
          }
        }
        assertThat(socket.get(SocketOptions.TYPE)).isEqualTo(type.number());
        assertThat(socket.type()).isEqualTo(type);
      }
    }

    @ParameterizedTest
    @EnumSource(SocketType.class)
    void listTheirOptionsAndValues(SocketType type) {
      try (Socket socket = zmq.context().socket(type)) {
        socket.set(SocketOptions.SNDHWM, 7);
        Map<SocketOption<?>, Object> options = socket.options();
        assertThat(options).containsEntry(SocketOptions.SNDHWM, 7);
        assertThat(options).containsEntry(SocketOptions.TYPE, type.number());
        List<SocketOption<?>> expected =
            SocketOptions.all().stream()
                .filter(o -> o.supported() && o.socketTypes().contains(type))
                .toList();
        assertThat(options.keySet()).isSubsetOf(expected);
        assertThat(options.keySet())
            .containsAll(expected.stream().filter(o -> o.readable() && !o.secret()).toList());
        List<Integer> order = options.keySet().stream().map(SocketOption::index).toList();
        assertThat(order).isSorted();
      }
    }
  }

  @Nested
  class Values {
    @Test
    void areKept() {
      Socket socket = zmq.socket(DEALER);
      socket.set(SocketOptions.SNDHWM, 5);
      socket.set(SocketOptions.LINGER, Duration.ofMillis(1234));
      socket.set(SocketOptions.ROUTING_ID, new byte[] {1, 2, 3});
      socket.set(SocketOptions.IMMEDIATE, true);
      socket.set(SocketOptions.MAXMSGSIZE, 1L << 40);
      assertThat(socket.get(SocketOptions.SNDHWM)).isEqualTo(5);
      assertThat(socket.get(SocketOptions.LINGER)).isEqualTo(Duration.ofMillis(1234));
      assertThat(socket.get(SocketOptions.ROUTING_ID)).containsExactly(1, 2, 3);
      assertThat(socket.get(SocketOptions.IMMEDIATE)).isTrue();
      assertThat(socket.get(SocketOptions.MAXMSGSIZE)).isEqualTo(1L << 40);
    }

    @Test
    void ofOctetsAreCopied() {
      Socket socket = zmq.socket(DEALER);
      byte[] id = {1, 2, 3};
      socket.set(SocketOptions.ROUTING_ID, id);
      id[0] = 9;
      assertThat(socket.get(SocketOptions.ROUTING_ID)).containsExactly(1, 2, 3);
      socket.get(SocketOptions.ROUTING_ID)[0] = 9;
      assertThat(socket.get(SocketOptions.ROUTING_ID)).containsExactly(1, 2, 3);
      ((byte[]) socket.options().get(SocketOptions.ROUTING_ID))[0] = 9;
      assertThat(socket.get(SocketOptions.ROUTING_ID)).containsExactly(1, 2, 3);
    }

    @Test
    void atTheLimitsAreAccepted() {
      Socket socket = zmq.socket(DEALER);
      socket.set(SocketOptions.SNDHWM, 0).set(SocketOptions.SNDHWM, Integer.MAX_VALUE);
      socket.set(SocketOptions.ROUTING_ID, new byte[1]);
      socket.set(SocketOptions.ROUTING_ID, new byte[255]);
      socket.set(SocketOptions.LINGER, Duration.ofMillis(Integer.MAX_VALUE));
      socket.set(SocketOptions.TOS, 255);
      socket.set(SocketOptions.BACKLOG, 1);
      assertThat(socket.get(SocketOptions.TOS)).isEqualTo(255);
    }

    @Test
    void belowZeroMeanForEver() {
      Socket socket = zmq.socket(DEALER);
      socket.set(SocketOptions.LINGER, Duration.ofSeconds(-5));
      assertThat(socket.get(SocketOptions.LINGER).isNegative()).isTrue();
      socket.set(SocketOptions.LINGER, Duration.ZERO);
    }

    /** Intervals from a millisecond on, waits of any length. */
    @Test
    void thatAreShortTimesAreAcceptedWhereTheyAreKept() {
      for (SocketOption<?> option : SocketOptions.all()) {
        if (option.supported() && option.type() == Duration.class) {
          acceptsShort(option);
        }
      }
    }

    @SuppressWarnings("unchecked")
    private void acceptsShort(SocketOption<?> some) {
      SocketOption<Duration> option = (SocketOption<Duration>) some;
      boolean waits =
          Set.of(SocketOptions.LINGER, SocketOptions.RCVTIMEO, SocketOptions.SNDTIMEO)
              .contains(option);
      assertThat(option.accepts(Duration.ZERO)).as(option.name()).isTrue();
      assertThat(option.accepts(Duration.ofMillis(1))).as(option.name()).isTrue();
      assertThat(option.accepts(Duration.ofNanos(1_500_000))).as(option.name()).isTrue();
      assertThat(option.accepts(Duration.ofNanos(1))).as(option.name()).isEqualTo(waits);
    }

    @ParameterizedTest
    @MethodSource("io.niomq.SocketOptionsTest#badValues")
    <T> void outOfRangeAreRefusedNamingValueAndRange(
        SocketOption<T> option, T value, String named) {
      Socket socket = zmq.socket(DEALER);
      Object before = socket.options().get(option);
      assertThat(option.accepts(value)).isFalse();
      assertThatThrownBy(() -> socket.set(option, value))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining(option.name())
          .hasMessageContaining(named)
          .hasMessageContaining(option.range());
      assertThat(socket.options().get(option)).isEqualTo(before);
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void ofAnotherTypeAreRefused() {
      Socket socket = zmq.socket(DEALER);
      assertThatThrownBy(() -> socket.set((SocketOption) SocketOptions.SNDHWM, "many"))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("ZMQ_SNDHWM")
          .hasMessageContaining("many");
      assertThatThrownBy(() -> socket.set(SocketOptions.SNDHWM, null))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("ZMQ_SNDHWM");
      assertThat(socket.get(SocketOptions.SNDHWM)).isEqualTo(1000);
    }
  }

  @Nested
  class Refusals {
    @Test
    void ofOptionsOfOtherTypes() {
      Socket push = zmq.socket(PUSH);
      assertThatThrownBy(() -> push.set(SocketOptions.ROUTER_MANDATORY, true))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining("ZMQ_ROUTER_MANDATORY")
          .hasMessageContaining("ROUTER")
          .hasMessageContaining("PUSH");
      assertThatThrownBy(() -> zmq.socket(REQ).set(SocketOptions.CONFLATE, true))
          .isInstanceOf(ZmqArgumentException.class);
      assertThatThrownBy(() -> zmq.socket(SUB).get(SocketOptions.REQ_RELAXED))
          .isInstanceOf(ZmqArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("io.niomq.SocketOptionsTest#unsupported")
    @ShowsOption("ZMQ_IPC_FILTER_PID")
    @ShowsOption("ZMQ_FD")
    @ShowsOption("ZMQ_OUT_BATCH_SIZE")
    @ShowsOption("ZMQ_TCP_MAXRT")
    @ShowsOption("ZMQ_BINDTODEVICE")
    @ShowsOption("ZMQ_PRIORITY")
    @ShowsOption("ZMQ_BUSY_POLL")
    @ShowsOption("ZMQ_USE_FD")
    @ShowsOption("ZMQ_LOOPBACK_FASTPATH")
    @ShowsOption("ZMQ_MULTICAST_LOOP")
    @ShowsOption("ZMQ_WSS_KEY_PEM")
    @ShowsOption("ZMQ_WSS_CERT_PEM")
    @ShowsOption("ZMQ_WSS_TRUST_PEM")
    @ShowsOption("ZMQ_WSS_HOSTNAME")
    @ShowsOption("ZMQ_WSS_TRUST_SYSTEM")
    @ShowsOption("ZMQ_VMCI_BUFFER_SIZE")
    @ShowsOption("ZMQ_VMCI_BUFFER_MIN_SIZE")
    @ShowsOption("ZMQ_VMCI_BUFFER_MAX_SIZE")
    @ShowsOption("ZMQ_VMCI_CONNECT_TIMEOUT")
    @ShowsOption("ZMQ_NORM_MODE")
    @ShowsOption("ZMQ_NORM_UNICAST_NACK")
    @ShowsOption("ZMQ_NORM_BUFFER_SIZE")
    @ShowsOption("ZMQ_NORM_SEGMENT_SIZE")
    @ShowsOption("ZMQ_NORM_BLOCK_SIZE")
    @ShowsOption("ZMQ_NORM_NUM_PARITY")
    @ShowsOption("ZMQ_NORM_NUM_AUTOPARITY")
    @ShowsOption("ZMQ_NORM_PUSH")
    @ShowsOption("ZMQ_RATE")
    @ShowsOption("ZMQ_RECOVERY_IVL")
    @ShowsOption("ZMQ_MULTICAST_HOPS")
    @ShowsOption("ZMQ_MULTICAST_MAXTPDU")
    void ofWhatPureJavaCannotDoSayWhy(SocketOption<?> option) {
      assertThat(option.unsupportedBecause()).isNotBlank();
      try (Socket socket = zmq.context().socket(option.socketTypes().iterator().next())) {
        assertThatThrownBy(() -> setDefault(socket, option))
            .isInstanceOfSatisfying(
                ZmqUnsupportedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSUP))
            .hasMessageContaining(option.name())
            .hasMessageContaining(option.unsupportedBecause());
        assertThatThrownBy(() -> socket.get(option))
            .isInstanceOf(ZmqUnsupportedException.class)
            .hasMessageContaining(option.unsupportedBecause());
      }
    }

    private <T> void setDefault(Socket socket, SocketOption<T> option) {
      socket.set(option, option.defaultValue(socket.type()));
    }

    @Test
    void ofSettingWhatCanOnlyBeRead() {
      Socket push = zmq.socket(PUSH);
      assertThatThrownBy(() -> push.set(SocketOptions.TYPE, 1))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("ZMQ_TYPE")
          .hasMessageContaining("only be read");
      assertThatThrownBy(() -> push.set(SocketOptions.LAST_ENDPOINT, "inproc://x"))
          .isInstanceOf(ZmqArgumentException.class);
    }

    @Test
    void ofReadingWhatCanOnlyBeSet() {
      assertThatThrownBy(() -> zmq.socket(REQ).get(SocketOptions.REQ_RELAXED))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining("ZMQ_REQ_RELAXED");
    }

    @Test
    void ofWhatIsTooLate() {
      Socket dealer = zmq.socket(DEALER);
      dealer.set(SocketOptions.ROUTING_ID, new byte[] {1}).set(SocketOptions.CONFLATE, true);
      dealer.bind(Endpoints.inproc());
      for (SocketOption<?> option : List.of(SocketOptions.ROUTING_ID, SocketOptions.CONFLATE)) {
        assertThat(option.effect()).isEqualTo(SocketOption.Effect.BEFORE_ENDPOINTS);
      }
      assertThatThrownBy(() -> dealer.set(SocketOptions.ROUTING_ID, new byte[] {2}))
          .isInstanceOfSatisfying(
              ZmqArgumentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
          .hasMessageContaining("ZMQ_ROUTING_ID");
      assertThatThrownBy(() -> dealer.set(SocketOptions.CONFLATE, false))
          .isInstanceOf(ZmqArgumentException.class);
      assertThat(dealer.get(SocketOptions.ROUTING_ID)).containsExactly(1);
    }
  }

  @Nested
  class Timeouts {
    @Test
    void ofZeroNeverWait() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      pull.set(SocketOptions.RCVTIMEO, Duration.ZERO);
      assertThatThrownBy(pull::recv)
          .isInstanceOfSatisfying(
              ZmqTimeoutException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
      Socket push = zmq.bound(PUSH, Endpoints.inproc());
      push.set(SocketOptions.SNDTIMEO, Duration.ZERO);
      assertThatThrownBy(() -> push.send("x")).isInstanceOf(ZmqTimeoutException.class);
    }

    @Test
    @ShowsOption("ZMQ_RCVTIMEO")
    @ShowsOption("ZMQ_SNDTIMEO")
    void endWaits() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      pull.set(SocketOptions.RCVTIMEO, Duration.ofMillis(10));
      assertThatThrownBy(pull::recv).isInstanceOf(ZmqTimeoutException.class);
      assertThatThrownBy(pull::recvMessage).isInstanceOf(ZmqTimeoutException.class);
      assertThatThrownBy(pull::recvString).isInstanceOf(ZmqTimeoutException.class);
      assertThat(pull.recv(Duration.ofMillis(1))).isNull();
      assertThat(pull.recvMessage(Duration.ofMillis(1))).isNull();
      assertThat(pull.recvString(Duration.ofMillis(1))).isNull();
    }

    @Test
    void mayBeShorterThanAMillisecond() {
      Socket pull = zmq.bound(PULL, Endpoints.inproc());
      pull.set(SocketOptions.RCVTIMEO, Duration.ofNanos(500_000));
      assertThat(pull.get(SocketOptions.RCVTIMEO)).isEqualTo(Duration.ofNanos(500_000));
      long begun = System.nanoTime();
      assertThatThrownBy(pull::recv).isInstanceOf(ZmqTimeoutException.class);
      assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(500_000);
    }
  }

  @Nested
  class MaximumMessageSize {
    @Test
    void isToldInItsRange() {
      assertThat(SocketOptions.MAXMSGSIZE.accepts(Long.MIN_VALUE)).isTrue();
      assertThat(SocketOptions.MAXMSGSIZE.accepts(Long.MAX_VALUE)).isTrue();
      assertThat(SocketOptions.MAXMSGSIZE.unit()).contains("octets");
    }
  }
}
