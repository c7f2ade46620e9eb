package io.niomq.internal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a stranger says in its handshake costs the I/O thread no more than it costs to say it. */
class ManyPropertiesTest {
  private static final int MANY = 200_000;

  @Test
  void areTakenInOneGo() {
    Metadata many = new Metadata();
    for (int i = 0; i < MANY; i++) {
      many.add("X-" + i, new byte[0]);
    }
    Map<String, byte[]> target = new LinkedHashMap<>();
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> many.copyTo(target));
    assertThat(target).hasSize(MANY);
  }

  @Test
  void theFirstOfANameCountsWhateverItsCase() {
    Metadata own = new Metadata();
    own.add("x-ROLE", new byte[] {1});
    own.add("X-Floor", new byte[] {2});
    own.add("X-floor", new byte[] {3});
    Map<String, byte[]> target = new LinkedHashMap<>(Map.of("X-Role", new byte[] {0}));
    own.copyTo(target);
    assertThat(target).containsOnlyKeys("X-Role", "X-Floor");
    assertThat(target.get("X-Role")).containsExactly(0);
    assertThat(target.get("X-Floor")).containsExactly(2);
  }
}
