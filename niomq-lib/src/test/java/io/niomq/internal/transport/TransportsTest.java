package io.niomq.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.niomq.internal.transport.ipc.IpcTransport;
import io.niomq.internal.transport.tcp.TcpTransport;
import org.junit.jupiter.api.Test;

/** The table of transports that have channels. */
class TransportsTest {

  @Test
  void areFoundByScheme() {
    assertThat(Transports.of("tcp")).isInstanceOf(TcpTransport.class);
    assertThat(Transports.of("ipc")).isInstanceOf(IpcTransport.class);
  }

  @Test
  void doNotContainInproc() {
    assertThatIllegalArgumentException().isThrownBy(() -> Transports.of("inproc"));
  }
}
