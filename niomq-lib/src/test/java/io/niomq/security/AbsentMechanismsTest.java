package io.niomq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.Socket;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqUnsupportedException;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.ShowsOption;
import io.niomq.testing.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Mechanisms that are not there say so: no option is accepted and ignored. */
@ExtendWith(NoLeaks.class)
class AbsentMechanismsTest {
  @RegisterExtension final Sockets zmq = new Sockets();

  private <T> void assertRefused(SocketOption<T> option, T value, String reason) {
    Socket socket = zmq.socket(SocketType.DEALER);
    assertThatThrownBy(() -> socket.set(option, value))
        .isInstanceOf(ZmqUnsupportedException.class)
        .hasMessageContaining(option.name())
        .hasMessageContaining(reason);
    assertThat(socket.get(SocketOptions.MECHANISM)).isZero();
  }

  @Test
  void curveNeedsAnotherArtifact() {
    assertRefused(SocketOptions.CURVE_SERVER, true, "io.niomq:niomq-curve");
    assertRefused(SocketOptions.CURVE_PUBLICKEY, new byte[32], "io.niomq:niomq-curve");
    assertRefused(SocketOptions.CURVE_SECRETKEY, new byte[32], "io.niomq:niomq-curve");
    assertRefused(SocketOptions.CURVE_SERVERKEY, new byte[32], "io.niomq:niomq-curve");
  }

  @Test
  @ShowsOption("ZMQ_GSSAPI_SERVER")
  @ShowsOption("ZMQ_GSSAPI_PRINCIPAL")
  @ShowsOption("ZMQ_GSSAPI_SERVICE_PRINCIPAL")
  @ShowsOption("ZMQ_GSSAPI_PLAINTEXT")
  @ShowsOption("ZMQ_GSSAPI_PRINCIPAL_NAMETYPE")
  @ShowsOption("ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE")
  void gssapiIsNotBuiltIn() {
    assertRefused(SocketOptions.GSSAPI_SERVER, true, "GSSAPI");
    assertRefused(SocketOptions.GSSAPI_PRINCIPAL, "a", "GSSAPI");
    assertRefused(SocketOptions.GSSAPI_SERVICE_PRINCIPAL, "a", "GSSAPI");
    assertRefused(SocketOptions.GSSAPI_PLAINTEXT, true, "GSSAPI");
    assertRefused(SocketOptions.GSSAPI_PRINCIPAL_NAMETYPE, 1, "GSSAPI");
    assertRefused(SocketOptions.GSSAPI_SERVICE_PRINCIPAL_NAMETYPE, 1, "GSSAPI");
  }
}
