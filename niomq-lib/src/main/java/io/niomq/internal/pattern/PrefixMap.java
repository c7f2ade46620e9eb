package io.niomq.internal.pattern;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A map from binary prefixes to values that finds all prefixes of a topic in one walk: the cost
 * grows with the topic's length, not with the number of prefixes. A compressed (radix) tree; the
 * empty prefix is a key like any other.
 *
 * <p>Not thread-safe: guarded by the socket's lock.
 */
final class PrefixMap<V> {
  private static final byte[] EMPTY = {};

  private final Node<V> root = new Node<>(EMPTY);
  private int size;
  private int longest;

  private static final class Node<V> {
    /** What leads here from the parent, after the octet by which the parent finds this node. */
    private byte[] rest;

    private V value;

    /** In the order of {@link #firsts}; null when there is none. */
    private Node<V>[] children;

    /** The octet that leads to each child, unsigned and sorted. */
    private byte[] firsts;

    Node(byte[] rest) {
      this.rest = rest;
    }

    int search(byte first) {
      if (children == null) {
        return -1;
      }
      int low = 0;
      int high = children.length - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int order = Byte.compareUnsigned(firsts[middle], first);
        if (order == 0) {
          return middle;
        }
        if (order < 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      return -(low + 1);
    }

    @SuppressWarnings("unchecked")
    void insert(int at, byte first, Node<V> child) {
      int count = children == null ? 0 : children.length;
      Node<V>[] more = (Node<V>[]) new Node<?>[count + 1];
      if (count > 0) {
        System.arraycopy(children, 0, more, 0, at);
        System.arraycopy(children, at, more, at + 1, count - at);
      }
      more[at] = child;
      children = more;
      byte[] octets = new byte[count + 1];
      if (count > 0) {
        System.arraycopy(firsts, 0, octets, 0, at);
        System.arraycopy(firsts, at, octets, at + 1, count - at);
      }
      octets[at] = first;
      firsts = octets;
    }

    @SuppressWarnings("unchecked")
    void delete(int at) {
      if (children.length == 1) {
        children = null;
        firsts = null;
        return;
      }
      Node<V>[] fewer = (Node<V>[]) new Node<?>[children.length - 1];
      System.arraycopy(children, 0, fewer, 0, at);
      System.arraycopy(children, at + 1, fewer, at, fewer.length - at);
      children = fewer;
      byte[] octets = new byte[fewer.length];
      System.arraycopy(firsts, 0, octets, 0, at);
      System.arraycopy(firsts, at + 1, octets, at, octets.length - at);
      firsts = octets;
    }

    /** Joins a node without a value to its only child. Not for the root. */
    void compress() {
      if (value == null && children != null && children.length == 1) {
        Node<V> child = children[0];
        byte[] joined = Arrays.copyOf(rest, rest.length + 1 + child.rest.length);
        joined[rest.length] = firsts[0];
        System.arraycopy(child.rest, 0, joined, rest.length + 1, child.rest.length);
        rest = joined;
        value = child.value;
        children = child.children;
        firsts = child.firsts;
      }
    }
  }

  /** How many prefixes there are. */
  int size() {
    return size;
  }

  /** No prefix is longer than this: more of a topic need not be looked at. */
  int longest() {
    return longest;
  }

  V get(byte[] prefix) {
    Node<V> node = root;
    int at = 0;
    while (at < prefix.length) {
      int i = node.search(prefix[at]);
      if (i < 0) {
        return null;
      }
      node = node.children[i];
      at++;
      if (common(node.rest, prefix, at) < node.rest.length) {
        return null;
      }
      at += node.rest.length;
    }
    return node.value;
  }

  /** Sets the value of a prefix; it must not be null. */
  void put(byte[] prefix, V value) {
    longest = Math.max(longest, prefix.length);
    Node<V> node = root;
    int at = 0;
    while (at < prefix.length) {
      int i = node.search(prefix[at]);
      if (i < 0) {
        Node<V> leaf = new Node<>(part(prefix, at + 1, prefix.length));
        node.insert(-(i + 1), prefix[at], leaf);
        node = leaf;
        break;
      }
      at++;
      Node<V> child = node.children[i];
      int same = common(child.rest, prefix, at);
      if (same < child.rest.length) {
        Node<V> middle = new Node<>(part(child.rest, 0, same));
        byte first = child.rest[same];
        child.rest = part(child.rest, same + 1, child.rest.length);
        middle.insert(0, first, child);
        node.children[i] = middle;
        child = middle;
      }
      node = child;
      at += same;
    }
    if (node.value == null) {
      size++;
    }
    node.value = value;
  }

  V remove(byte[] prefix) {
    Node<V> parent = null;
    Node<V> node = root;
    int index = -1;
    int at = 0;
    while (at < prefix.length) {
      int i = node.search(prefix[at]);
      if (i < 0) {
        return null;
      }
      Node<V> child = node.children[i];
      at++;
      if (common(child.rest, prefix, at) < child.rest.length) {
        return null;
      }
      parent = node;
      index = i;
      node = child;
      at += child.rest.length;
    }
    V before = node.value;
    if (before == null) {
      return null;
    }
    size--;
    node.value = null;
    if (parent != null && node.children == null) {
      parent.delete(index);
      node = parent;
    }
    if (node != root) {
      node.compress();
    }
    return before;
  }

  private static int common(byte[] rest, byte[] prefix, int at) {
    int end = Math.min(prefix.length, at + rest.length);
    int mismatch = Arrays.mismatch(rest, 0, end - at, prefix, at, end);
    return mismatch < 0 ? end - at : mismatch;
  }

  /** A copy; of nothing, always the same one, since most inner nodes have nothing. */
  private static byte[] part(byte[] octets, int from, int to) {
    return from == to ? EMPTY : Arrays.copyOfRange(octets, from, to);
  }

  /** Whether any prefix matches the first {@code length} octets of {@code topic}. */
  boolean matches(byte[] topic, int length) {
    return walk(topic, length, null);
  }

  /**
   * Passes on the values of all prefixes of the first {@code length} octets of {@code topic},
   * shortest first.
   */
  void match(byte[] topic, int length, Consumer<? super V> found) {
    walk(topic, length, found);
  }

  private boolean walk(byte[] topic, int length, Consumer<? super V> found) {
    Node<V> node = root;
    int at = 0;
    while (true) {
      if (node.value != null) {
        if (found == null) {
          return true;
        }
        found.accept(node.value);
      }
      if (at >= length) {
        return false;
      }
      int i = node.search(topic[at]);
      if (i < 0) {
        return false;
      }
      node = node.children[i];
      at++;
      byte[] rest = node.rest;
      if (rest != EMPTY) {
        int end = at + rest.length;
        if (end > length || Arrays.mismatch(rest, 0, rest.length, topic, at, end) >= 0) {
          return false;
        }
        at = end;
      }
    }
  }

  /** Visits all prefixes, parents before children. The map must not be changed meanwhile. */
  void forEach(BiConsumer<byte[], ? super V> visitor) {
    visit(
        (prefix, value) -> {
          visitor.accept(prefix, value);
          return true;
        });
  }

  /**
   * The first prefixes whose values are {@code wanted}, in the order of {@link #forEach}, {@code
   * max} at most, but one at least if there is any.
   */
  List<byte[]> first(int max, Predicate<? super V> wanted) {
    List<byte[]> prefixes = new ArrayList<>();
    visit(
        (prefix, value) -> {
          if (wanted.test(value)) {
            prefixes.add(prefix);
          }
          return prefixes.size() < max;
        });
    return prefixes;
  }

  /** Until {@code visitor} returns false. */
  private void visit(BiPredicate<byte[], ? super V> visitor) {
    ArrayDeque<Node<V>> nodes = new ArrayDeque<>(); // no recursion: a peer chooses the depth
    ArrayDeque<byte[]> paths = new ArrayDeque<>();
    nodes.push(root);
    paths.push(EMPTY);
    while (!nodes.isEmpty()) {
      Node<V> node = nodes.pop();
      byte[] path = paths.pop();
      if (node.value != null && !visitor.test(path, node.value)) {
        return;
      }
      int count = node.children == null ? 0 : node.children.length;
      for (int i = count - 1; i >= 0; i--) {
        Node<V> child = node.children[i];
        byte[] there = Arrays.copyOf(path, path.length + 1 + child.rest.length);
        there[path.length] = node.firsts[i];
        System.arraycopy(child.rest, 0, there, path.length + 1, child.rest.length);
        nodes.push(child);
        paths.push(there);
      }
    }
  }
}
