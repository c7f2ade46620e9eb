package io.niomq.internal.pattern;

import static io.niomq.internal.pattern.Bench.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 29: binary prefixes, of which any number may match a topic. */
class PrefixMapTest {
  private final PrefixMap<String> map = new PrefixMap<>();

  private void put(String... prefixes) {
    for (String prefix : prefixes) {
      map.put(utf8(prefix), prefix);
    }
  }

  private List<String> matches(String topic) {
    List<String> found = new ArrayList<>();
    map.match(utf8(topic), utf8(topic).length, found::add);
    assertThat(map.matches(utf8(topic), utf8(topic).length)).isEqualTo(!found.isEmpty());
    return found;
  }

  @Test
  void findsAllPrefixesShortestFirst() {
    put("abc", "", "ab", "abd", "b");
    assertThat(matches("abcd")).containsExactly("", "ab", "abc");
    assertThat(matches("ab")).containsExactly("", "ab");
    assertThat(matches("x")).containsExactly("");
    assertThat(matches("")).containsExactly("");
  }

  @Test
  void findsNothingInAnEmptyMap() {
    assertThat(matches("")).isEmpty();
    assertThat(matches("a")).isEmpty();
    assertThat(map.size()).isZero();
  }

  @Test
  void looksNoFurtherThanTheGivenLength() {
    put("abc");
    assertThat(map.matches(utf8("abcd"), 2)).isFalse();
    assertThat(map.matches(utf8("abcd"), 3)).isTrue();
  }

  @Test
  void splitsAndJoins() {
    put("abcdef", "abcxyz", "abc");
    assertThat(map.size()).isEqualTo(3);
    assertThat(map.remove(utf8("abc"))).isEqualTo("abc");
    assertThat(map.remove(utf8("abc"))).isNull();
    assertThat(map.remove(utf8("ab"))).isNull();
    assertThat(map.remove(utf8("abcdefg"))).isNull();
    assertThat(matches("abcdefg")).containsExactly("abcdef");
    assertThat(map.remove(utf8("abcdef"))).isEqualTo("abcdef");
    assertThat(matches("abcxyz")).containsExactly("abcxyz");
    assertThat(map.size()).isEqualTo(1);
  }

  @Test
  void takesAllOctets() {
    PrefixMap<Integer> octets = new PrefixMap<>();
    for (int i = 255; i >= 0; i--) {
      octets.put(new byte[] {(byte) i}, i);
    }
    for (int i = 0; i < 256; i++) {
      assertThat(octets.get(new byte[] {(byte) i})).isEqualTo(i);
    }
  }

  @Test
  void takesDeepChains() {
    byte[] deep = new byte[5000];
    PrefixMap<Integer> chain = new PrefixMap<>();
    for (int length = 1; length <= deep.length; length++) {
      chain.put(Arrays.copyOf(deep, length), length);
    }
    int[] count = new int[1];
    chain.match(deep, deep.length, length -> assertThat(length).isEqualTo(++count[0]));
    assertThat(count[0]).isEqualTo(deep.length);
    count[0] = 0;
    chain.forEach((prefix, length) -> count[0] += prefix.length == length ? 1 : 0);
    assertThat(count[0]).isEqualTo(deep.length);
  }

  /** Against a plain map, over a small alphabet, so that prefixes overlap. */
  @Test
  void agreesWithAPlainMap() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, String> model = new HashMap<>();
    for (int step = 0; step < 30_000; step++) {
      String key = key(random);
      switch (random.nextInt(3)) {
        case 0 -> {
          model.put(key, key);
          put(key);
        }
        case 1 -> assertThat(map.remove(utf8(key))).as("seed " + seed).isEqualTo(model.remove(key));
        default -> {
          assertThat(map.get(utf8(key))).as("seed " + seed).isEqualTo(model.get(key));
          List<String> expected = new ArrayList<>();
          for (int length = 0; length <= key.length(); length++) {
            String prefix = model.get(key.substring(0, length));
            if (prefix != null) {
              expected.add(prefix);
            }
          }
          assertThat(matches(key)).as("seed " + seed).isEqualTo(expected);
        }
      }
      assertThat(map.size()).isEqualTo(model.size());
    }
    Map<String, String> visited = new HashMap<>();
    map.forEach(
        (prefix, value) ->
            assertThat(visited.put(new String(prefix, StandardCharsets.UTF_8), value)).isNull());
    assertThat(visited).as("seed " + seed).isEqualTo(model);
  }

  private static String key(Random random) {
    StringBuilder key = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      key.append((char) ('a' + random.nextInt(3)));
    }
    return key.toString();
  }
}
