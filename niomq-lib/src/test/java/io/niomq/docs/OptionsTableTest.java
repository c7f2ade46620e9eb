package io.niomq.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.ContextOption;
import io.niomq.ContextOptions;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/options.md} is what the code says. To write it anew, set the system property {@code
 * niomq.writeOptions}: {@code mvn -pl niomq-lib test -Dtest=OptionsTableTest
 * -Dniomq.writeOptions=true}.
 */
class OptionsTableTest {
  private static final Path PROJECT = Path.of("..");
  private static final Path DOCUMENT = PROJECT.resolve(Path.of("docs", "options.md"));

  private final Shown shown = new Shown(PROJECT);

  @Test
  void theDocumentIsWhatTheCodeSays() throws IOException {
    String text = new OptionsTable(shown).text();
    if (Boolean.getBoolean("niomq.writeOptions")) {
      Files.writeString(DOCUMENT, text);
    }
    assertThat(Files.readString(DOCUMENT))
        .as(
            "docs/options.md, to be written anew with: mvn -pl niomq-lib test"
                + " -Dtest=OptionsTableTest -Dniomq.writeOptions=true")
        .isEqualTo(text);
  }

  @Test
  void eachOptionThatIsSupportedIsShownByATest() {
    List<String> without = new ArrayList<>();
    for (ContextOption<?> o : ContextOptions.all()) {
      if (o.supported() && shown.of(o.name(), true).isEmpty()) {
        without.add("context " + o);
      }
    }
    for (SocketOption<?> o : SocketOptions.all()) {
      if (o.supported() && shown.of(o.name(), false).isEmpty()) {
        without.add("socket " + o);
      }
    }
    for (OptionsTable.Method m : OptionsTable.METHODS) {
      if (shown.of(m.name(), false).isEmpty()) {
        without.add("socket " + m.name());
      }
    }
    assertThat(without).as("options without a test marked with @ShowsOption").isEmpty();
  }

  @Test
  void testsShowOptionsThatExist() {
    Set<String> names = new HashSet<>();
    ContextOptions.all().forEach(o -> names.add(o.name()));
    SocketOptions.all().forEach(o -> names.add(o.name()));
    OptionsTable.METHODS.forEach(m -> names.add(m.name()));
    assertThat(shown.options()).isSubsetOf(names);
  }

  /** Names and numbers of libzmq 4.3's stable options of sockets. */
  private static final String STABLE =
      """
      AFFINITY 4 ROUTING_ID 5 SUBSCRIBE 6 UNSUBSCRIBE 7 RATE 8 RECOVERY_IVL 9 SNDBUF 11 RCVBUF 12 RCVMORE 13 FD 14
      EVENTS 15 TYPE 16 LINGER 17 RECONNECT_IVL 18 BACKLOG 19 RECONNECT_IVL_MAX 21 MAXMSGSIZE 22 SNDHWM 23 RCVHWM 24
      MULTICAST_HOPS 25 RCVTIMEO 27 SNDTIMEO 28 IPV4ONLY 31 LAST_ENDPOINT 32 ROUTER_MANDATORY 33 TCP_KEEPALIVE 34
      TCP_KEEPALIVE_CNT 35 TCP_KEEPALIVE_IDLE 36 TCP_KEEPALIVE_INTVL 37 TCP_ACCEPT_FILTER 38 IMMEDIATE 39
      XPUB_VERBOSE 40 ROUTER_RAW 41 IPV6 42 MECHANISM 43 PLAIN_SERVER 44 PLAIN_USERNAME 45 PLAIN_PASSWORD 46
      CURVE_SERVER 47 CURVE_PUBLICKEY 48 CURVE_SECRETKEY 49 CURVE_SERVERKEY 50 PROBE_ROUTER 51 REQ_CORRELATE 52
      REQ_RELAXED 53 CONFLATE 54 ZAP_DOMAIN 55 ROUTER_HANDOVER 56 TOS 57 IPC_FILTER_PID 58 IPC_FILTER_UID 59
      IPC_FILTER_GID 60 CONNECT_ROUTING_ID 61 GSSAPI_SERVER 62 GSSAPI_PRINCIPAL 63 GSSAPI_SERVICE_PRINCIPAL 64
      GSSAPI_PLAINTEXT 65 HANDSHAKE_IVL 66 SOCKS_PROXY 68 XPUB_NODROP 69 XPUB_MANUAL 71 XPUB_WELCOME_MSG 72
      STREAM_NOTIFY 73 INVERT_MATCHING 74 HEARTBEAT_IVL 75 HEARTBEAT_TTL 76 HEARTBEAT_TIMEOUT 77 XPUB_VERBOSER 78
      CONNECT_TIMEOUT 79 TCP_MAXRT 80 THREAD_SAFE 81 MULTICAST_MAXTPDU 84 VMCI_BUFFER_SIZE 85
      VMCI_BUFFER_MIN_SIZE 86 VMCI_BUFFER_MAX_SIZE 87 VMCI_CONNECT_TIMEOUT 88 USE_FD 89 GSSAPI_PRINCIPAL_NAMETYPE 90
      GSSAPI_SERVICE_PRINCIPAL_NAMETYPE 91 BINDTODEVICE 92
      """;

  @Test
  void noStableOptionOfLibzmqIsMissing() {
    Map<String, Integer> ours = new HashMap<>();
    SocketOptions.all().forEach(o -> ours.put(o.name(), o.number()));
    OptionsTable.METHODS.forEach(m -> ours.put(m.name(), m.number()));
    String[] words = STABLE.strip().split("\\s+");
    for (int i = 0; i < words.length; i += 2) {
      assertThat(ours).containsEntry("ZMQ_" + words[i], Integer.valueOf(words[i + 1]));
    }
    assertThat(Stream.of(words).filter(w -> w.matches("[0-9]+")).distinct())
        .hasSize(words.length / 2);
  }
}
