package io.niomq;

import static io.niomq.SocketType.PULL;
import static io.niomq.SocketType.PUSH;
import static io.niomq.SocketType.SUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.niomq.testing.Await;
import io.niomq.testing.Endpoints;
import io.niomq.testing.NoLeaks;
import io.niomq.testing.ShowsOption;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The options of a context: {@code zmq_ctx_set} and {@code zmq_ctx_get}. */
@ExtendWith(NoLeaks.class)
class ContextOptionsTest {

  static Stream<Arguments> table() {
    return Stream.of(
        Arguments.of(ContextOptions.IO_THREADS, "ZMQ_IO_THREADS", 1, 1),
        Arguments.of(ContextOptions.MAX_SOCKETS, "ZMQ_MAX_SOCKETS", 2, 1023),
        Arguments.of(ContextOptions.SOCKET_LIMIT, "ZMQ_SOCKET_LIMIT", 3, Integer.MAX_VALUE),
        Arguments.of(ContextOptions.THREAD_PRIORITY, "ZMQ_THREAD_PRIORITY", 3, null),
        Arguments.of(ContextOptions.THREAD_SCHED_POLICY, "ZMQ_THREAD_SCHED_POLICY", 4, null),
        Arguments.of(ContextOptions.MAX_MSGSZ, "ZMQ_MAX_MSGSZ", 5, Integer.MAX_VALUE),
        Arguments.of(ContextOptions.MSG_T_SIZE, "ZMQ_MSG_T_SIZE", 6, null),
        Arguments.of(
            ContextOptions.THREAD_AFFINITY_CPU_ADD, "ZMQ_THREAD_AFFINITY_CPU_ADD", 7, null),
        Arguments.of(
            ContextOptions.THREAD_AFFINITY_CPU_REMOVE, "ZMQ_THREAD_AFFINITY_CPU_REMOVE", 8, null),
        Arguments.of(ContextOptions.THREAD_NAME_PREFIX, "ZMQ_THREAD_NAME_PREFIX", 9, "niomq"),
        Arguments.of(ContextOptions.ZERO_COPY_RECV, "ZMQ_ZERO_COPY_RECV", 10, null),
        Arguments.of(ContextOptions.IPV6, "ZMQ_IPV6", 42, false),
        Arguments.of(ContextOptions.BLOCKY, "ZMQ_BLOCKY", 70, true));
  }

  static Stream<ContextOption<?>> unsupported() {
    return ContextOptions.all().stream().filter(option -> !option.supported());
  }

  @Nested
  class EachOption {
    @ParameterizedTest
    @MethodSource("io.niomq.ContextOptionsTest#table")
    void hasTheNameNumberAndDefault(
        ContextOption<?> option, String name, int number, Object initial) {
      assertThat(option.name()).isEqualTo(name);
      assertThat(option.number()).isEqualTo(number);
      assertThat((Object) option.defaultValue()).isEqualTo(initial);
      assertThat(option.range()).isNotBlank();
      assertThat(option.unit()).isNotNull();
      if (option.supported()) {
        try (Context context = Context.create()) {
          assertThat((Object) context.get(option)).isEqualTo(initial);
        }
      }
    }

    @Test
    void isInTheTableAboveAndInTheListing() throws IllegalAccessException {
      List<ContextOption<?>> constants = new ArrayList<>();
      for (Field field : ContextOptions.class.getFields()) {
        constants.add((ContextOption<?>) field.get(null));
      }
      assertThat(ContextOptions.all()).containsExactlyElementsOf(constants);
      assertThat(table().map(a -> a.get()[0])).containsExactlyElementsOf(constants);
    }

    @ParameterizedTest
    @MethodSource("io.niomq.ContextOptionsTest#unsupported")
    void thatPureJavaCannotHonourSaysWhy(ContextOption<?> option) {
      assertThat(option.readable() || option.writable()).isFalse();
      assertThatThrownBy(() -> Context.builder().set(option, null))
          .isInstanceOfSatisfying(
              ZmqUnsupportedException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSUP))
          .hasMessageContaining(option.name())
          .hasMessageContaining(option.unsupportedBecause());
      try (Context context = Context.create()) {
        assertThatThrownBy(() -> context.get(option))
            .isInstanceOf(ZmqUnsupportedException.class)
            .hasMessageContaining(option.unsupportedBecause());
      }
    }

    @Test
    void outOfItsRangeIsRefusedNamingValueAndRange() {
      Context.Builder builder = Context.builder();
      assertThatThrownBy(() -> builder.set(ContextOptions.IO_THREADS, -1))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("ZMQ_IO_THREADS")
          .hasMessageContaining("-1")
          .hasMessageContaining("0 to 128");
      assertThatThrownBy(() -> builder.set(ContextOptions.MAX_SOCKETS, 0))
          .isInstanceOf(ZmqArgumentException.class)
          .hasMessageContaining("1 or more");
      try (Context context = builder.build()) { // the old values stay
        assertThat(context.get(ContextOptions.IO_THREADS)).isEqualTo(1);
        assertThat(context.get(ContextOptions.MAX_SOCKETS)).isEqualTo(1023);
      }
    }

    @Test
    @ShowsOption("ZMQ_SOCKET_LIMIT")
    @ShowsOption("ZMQ_MAX_MSGSZ")
    void thatCanOnlyBeReadIsNotSet() {
      for (ContextOption<Integer> option :
          List.of(ContextOptions.SOCKET_LIMIT, ContextOptions.MAX_MSGSZ)) {
        assertThatThrownBy(() -> Context.builder().set(option, 1))
            .isInstanceOf(ZmqArgumentException.class)
            .hasMessageContaining(option.name())
            .hasMessageContaining("only be read");
      }
      try (Context context = Context.create()) {
        int limit = context.get(ContextOptions.SOCKET_LIMIT);
        Context.builder().set(ContextOptions.MAX_SOCKETS, limit).build().close();
        assertThat(context.get(ContextOptions.MAX_MSGSZ)).isEqualTo(Integer.MAX_VALUE);
      }
    }
  }

  @Test
  void theBuilderMayBeUsedAgainAndChangesNoContext() {
    Context.Builder builder = Context.builder().maxSockets(7);
    try (Context seven = builder.build();
        Context eight = builder.maxSockets(8).build()) {
      assertThat(seven.get(ContextOptions.MAX_SOCKETS)).isEqualTo(7);
      assertThat(seven.maxSockets()).isEqualTo(7);
      assertThat(eight.maxSockets()).isEqualTo(8);
    }
  }

  @Test
  @ShowsOption("ZMQ_IO_THREADS")
  void noThreadsServeInprocOnly() {
    try (Context context = Context.builder().set(ContextOptions.IO_THREADS, 0).build();
        Socket pull = context.socket(PULL);
        Socket push = context.socket(PUSH)) {
      assertThatThrownBy(() -> pull.bind(Endpoints.TCP)).isInstanceOf(ZmqNoIoThreadException.class);
      String name = Endpoints.inproc();
      pull.bind(name);
      push.connect(name);
      push.send("x");
      assertThat(pull.recvString(Await.LONG)).isEqualTo("x");
    }
  }

  @Test
  @ShowsOption("ZMQ_MAX_SOCKETS")
  void oneSocketTooManyIsRefused() {
    try (Context context = Context.builder().set(ContextOptions.MAX_SOCKETS, 1).build();
        Socket only = context.socket(PULL)) {
      assertThat(only.isClosed()).isFalse();
      assertThatThrownBy(() -> context.socket(PULL))
          .isInstanceOf(ZmqResourceException.class)
          .hasMessageContaining("ZMQ_MAX_SOCKETS");
    }
  }

  @Test
  @ShowsOption("ZMQ_THREAD_NAME_PREFIX")
  void threadsAreNamed() {
    String prefix = "test-prefix";
    try (Context context =
        Context.builder().set(ContextOptions.THREAD_NAME_PREFIX, prefix).build()) {
      assertThat(context.get(ContextOptions.THREAD_NAME_PREFIX)).isEqualTo(prefix);
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .contains(prefix + "-io-0");
    }
  }

  @Test
  @ShowsOption("ZMQ_IPV6")
  void newSocketsBeginWithIpv6() {
    try (Context context = Context.builder().ipv6(true).build();
        Socket pull = context.socket(PULL)) {
      assertThat(context.get(ContextOptions.IPV6)).isTrue();
      assertThat(pull.get(SocketOptions.IPV6)).isTrue();
      pull.set(SocketOptions.IPV6, false);
      assertThat(pull.get(SocketOptions.IPV6)).isFalse();
    }
  }

  @Test
  @ShowsOption("ZMQ_BLOCKY")
  void newSocketsOfAContextThatDoesNotBlockDoNotLinger() {
    Context context = Context.builder().blocky(false).build();
    Socket push = context.socket(PUSH);
    assertThat(push.get(SocketOptions.LINGER)).isEqualTo(Duration.ZERO);
    push.connect(Endpoints.freeTcp());
    push.send("to nobody");
    push.close();
    CloseReport report = context.close(Await.LONG);
    assertThat(report.complete()).isTrue();
    try (Context usual = Context.create();
        Socket sub = usual.socket(SUB);
        Socket pull = usual.socket(PULL)) {
      assertThat(sub.get(SocketOptions.LINGER)).isEqualTo(Duration.ZERO);
      assertThat(pull.get(SocketOptions.LINGER)).isEqualTo(SocketOptions.DEFAULT_LINGER);
    }
  }
}
