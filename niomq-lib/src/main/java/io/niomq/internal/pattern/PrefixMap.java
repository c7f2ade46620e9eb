package io.niomq.internal.pattern;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

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
    private byte[] label;
    private V value;

    /** Sorted by the unsigned first octet of their labels; null when there is none. */
    private Node<V>[] children;

    /** Those first octets, so that a search touches one array and not each child's label. */
    private byte[] firsts;

    Node(byte[] label) {
      this.label = label;
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
    void insert(int at, Node<V> child) {
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
      octets[at] = child.label[0];
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

    /** Joins a node without a value to its only child. */
    void compress() {
      if (value == null && children != null && children.length == 1 && label.length > 0) {
        Node<V> child = children[0];
        byte[] joined = Arrays.copyOf(label, label.length + child.label.length);
        System.arraycopy(child.label, 0, joined, label.length, child.label.length);
        label = joined;
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
      if (common(node.label, prefix, at) < node.label.length) {
        return null;
      }
      at += node.label.length;
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
        Node<V> leaf = new Node<>(Arrays.copyOfRange(prefix, at, prefix.length));
        node.insert(-(i + 1), leaf);
        node = leaf;
        break;
      }
      Node<V> child = node.children[i];
      int same = common(child.label, prefix, at);
      if (same < child.label.length) {
        Node<V> middle = new Node<>(Arrays.copyOf(child.label, same));
        child.label = Arrays.copyOfRange(child.label, same, child.label.length);
        middle.insert(0, child);
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
      if (common(child.label, prefix, at) < child.label.length) {
        return null;
      }
      parent = node;
      index = i;
      node = child;
      at += child.label.length;
    }
    V before = node.value;
    if (before == null) {
      return null;
    }
    size--;
    node.value = null;
    if (parent != null && node.children == null) {
      parent.delete(index);
      parent.compress();
    } else {
      node.compress();
    }
    return before;
  }

  private static int common(byte[] label, byte[] prefix, int at) {
    int end = Math.min(prefix.length, at + label.length);
    int mismatch = Arrays.mismatch(label, 0, end - at, prefix, at, end);
    return mismatch < 0 ? end - at : mismatch;
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
      int end = at + node.label.length;
      if (end > length || Arrays.mismatch(node.label, 0, node.label.length, topic, at, end) >= 0) {
        return false;
      }
      at = end;
    }
  }

  /** Visits all prefixes, parents before children. The map must not be changed meanwhile. */
  void forEach(BiConsumer<byte[], ? super V> visitor) {
    visit(visitor, Integer.MAX_VALUE);
  }

  /** The first prefixes in the order of {@link #forEach}, {@code max} at most. */
  List<byte[]> first(int max) {
    List<byte[]> prefixes = new ArrayList<>();
    visit((prefix, value) -> prefixes.add(prefix), max);
    return prefixes;
  }

  private void visit(BiConsumer<byte[], ? super V> visitor, int max) {
    int left = max;
    ArrayDeque<Node<V>> nodes = new ArrayDeque<>(); // no recursion: a peer chooses the depth
    ArrayDeque<byte[]> paths = new ArrayDeque<>();
    nodes.push(root);
    paths.push(EMPTY);
    while (!nodes.isEmpty() && left > 0) {
      Node<V> node = nodes.pop();
      byte[] path = paths.pop();
      if (node.value != null) {
        visitor.accept(path, node.value);
        left--;
      }
      int count = node.children == null ? 0 : node.children.length;
      for (int i = count - 1; i >= 0; i--) {
        Node<V> child = node.children[i];
        byte[] there = Arrays.copyOf(path, path.length + child.label.length);
        System.arraycopy(child.label, 0, there, path.length, child.label.length);
        nodes.push(child);
        paths.push(there);
      }
    }
  }
}
