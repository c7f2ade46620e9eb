package io.niomq.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.niomq.Errno;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqIncompatibleProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoint syntax: {@code transport://address}. */
class EndpointTest {

  @ParameterizedTest
  @CsvSource({
    "tcp://127.0.0.1:5555, tcp, 127.0.0.1:5555",
    "ipc:///tmp/a, ipc, /tmp/a",
    "ipc://a://b, ipc, a://b",
    "inproc://a, inproc, a"
  })
  void isSplitAtItsFirstSeparator(String text, String scheme, String address) {
    Endpoint endpoint = Endpoint.parse(text);

    assertThat(endpoint).isEqualTo(new Endpoint(text, scheme, address)).hasToString(text);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "tcp", "tcp:/x", "tcp:127.0.0.1:5555", "://", "://x", "tcp://"})
  void isInvalidWithoutEachPart(String text) {
    assertThatExceptionOfType(ZmqArgumentException.class)
        .isThrownBy(() -> Endpoint.parse(text))
        .withMessageContaining(text == null ? "null" : '"' + text + '"')
        .withMessageContaining("expected transport://address")
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"foo://x", "pgm://x", " tcp://127.0.0.1:1", "tcp2://x"})
  void isRefusedWithAnUnknownTransport(String text) {
    assertThatExceptionOfType(ZmqEndpointException.class)
        .isThrownBy(() -> Endpoint.parse(text))
        .withMessageContaining("supported: tcp, ipc, inproc")
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EPROTONOSUPPORT))
        .satisfies(e -> assertThat(e.endpoint()).isEqualTo(text));
  }

  @ParameterizedTest
  @CsvSource({
    "pgm, multicast",
    "epgm, multicast",
    "norm, multicast",
    "vmci, virtual machines",
    "vsock, virtual machines",
    "tipc, JDK",
    "ws, WebSocket",
    "wss, WebSocket"
  })
  void isRefusedWithTheReasonForATransportThatOnlyLibzmqHas(String scheme, String reason) {
    assertThatExceptionOfType(ZmqEndpointException.class)
        .isThrownBy(() -> Endpoint.parse(scheme + "://127.0.0.1:1"))
        .withMessageContaining('"' + scheme + '"')
        .withMessageContaining(reason)
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EPROTONOSUPPORT));
  }

  @Test
  void isRefusedWithATransportForOtherSocketTypes() {
    assertThatExceptionOfType(ZmqIncompatibleProtocolException.class)
        .isThrownBy(() -> Endpoint.parse("udp://127.0.0.1:1"))
        .withMessageContaining("RADIO, DISH and DGRAM")
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOCOMPATPROTO));
  }

  @Test
  void hasItsTransportInLowerCase() {
    assertThatExceptionOfType(ZmqEndpointException.class)
        .isThrownBy(() -> Endpoint.parse("TCP://127.0.0.1:5555"))
        .withMessageContaining("in lower case");
  }
}
