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

  private final Branch<V> root = new Branch<>(EMPTY);
  private int size;
  private int longest;

  /** A node; this class by itself is a leaf, of which there are most. */
  private static class Node<V> {
    /** What leads here from the parent, after the octet by which the parent finds this node. */
    byte[] rest;

    V value;

    Node(byte[] rest) {
      this.rest = rest;
    }

    int childCount() {
      return 0;
    }

    /** Where the child for {@code first} is, or -1 less where it would be inserted. */
    int search(byte first) {
      return -1;
    }

    Node<V> child(int index) {
      throw new IndexOutOfBoundsException("a leaf has no child " + index);
    }
  }

  /** A node that has children, or has had some. */
  private static final class Branch<V> extends Node<V> {
    private static final Node<?>[] NO_CHILDREN = {};

    /** In the order of {@link #firsts}. */
    private Node<V>[] children = none();

    /** The octet that leads to each child, unsigned and sorted. */
    private byte[] firsts = EMPTY;

    Branch(byte[] rest) {
      super(rest);
    }

    Branch(Node<V> leaf) {
      super(leaf.rest);
      value = leaf.value;
    }

    @SuppressWarnings("unchecked")
    private static <V> Node<V>[] none() {
      return (Node<V>[]) NO_CHILDREN;
    }

    @Override
    int childCount() {
      return firsts.length;
    }

    @Override
    Node<V> child(int index) {
      return children[index];
    }

    @Override
    int search(byte first) {
      int low = 0;
      int high = firsts.length - 1;
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
      int count = firsts.length;
      Node<V>[] more = (Node<V>[]) new Node<?>[count + 1];
      System.arraycopy(children, 0, more, 0, at);
      System.arraycopy(children, at, more, at + 1, count - at);
      more[at] = child;
      children = more;
      byte[] octets = new byte[count + 1];
      System.arraycopy(firsts, 0, octets, 0, at);
      System.arraycopy(firsts, at, octets, at + 1, count - at);
      octets[at] = first;
      firsts = octets;
    }

    @SuppressWarnings("unchecked")
    void delete(int at) {
      int count = firsts.length - 1;
      if (count == 0) {
        children = none();
        firsts = EMPTY;
        return;
      }
      Node<V>[] fewer = (Node<V>[]) new Node<?>[count];
      System.arraycopy(children, 0, fewer, 0, at);
      System.arraycopy(children, at + 1, fewer, at, count - at);
      children = fewer;
      byte[] octets = new byte[count];
      System.arraycopy(firsts, 0, octets, 0, at);
      System.arraycopy(firsts, at + 1, octets, at, count - at);
      firsts = octets;
    }

    /** Joins a node without a value to its only child. Not for the root. */
    void compress() {
      if (value == null && firsts.length == 1) {
        Node<V> child = children[0];
        byte[] joined = Arrays.copyOf(rest, rest.length + 1 + child.rest.length);
        joined[rest.length] = firsts[0];
        System.arraycopy(child.rest, 0, joined, rest.length + 1, child.rest.length);
        rest = joined;
        value = child.value;
        if (child instanceof Branch<V> branch) {
          children = branch.children;
          firsts = branch.firsts;
        } else {
          children = none();
          firsts = EMPTY;
        }
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
      node = node.child(i);
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
    Branch<V> parent = root; // of node; the root's is not asked for
    int index = -1;
    Node<V> node = root;
    int at = 0;
    while (at < prefix.length) {
      int i = node.search(prefix[at]);
      if (i < 0) {
        Node<V> leaf = new Node<>(part(prefix, at + 1, prefix.length));
        branch(parent, index, node).insert(-(i + 1), prefix[at], leaf);
        node = leaf;
        break;
      }
      at++;
      parent = (Branch<V>) node;
      index = i;
      node = parent.child(i);
      int same = common(node.rest, prefix, at);
      if (same < node.rest.length) {
        node = split(parent, index, same);
      }
      at += same;
    }
    if (node.value == null) {
      size++;
    }
    node.value = value;
  }

  /** The node, which is its parent's child of that index, as one that may have children. */
  private static <V> Branch<V> branch(Branch<V> parent, int index, Node<V> node) {
    if (node instanceof Branch<V> branch) {
      return branch;
    }
    Branch<V> branch = new Branch<>(node);
    parent.children[index] = branch;
    return branch;
  }

  /** Puts a new node between a node and its parent, after so many octets. */
  private static <V> Node<V> split(Branch<V> parent, int index, int same) {
    Node<V> child = parent.child(index);
    Branch<V> middle = new Branch<>(part(child.rest, 0, same));
    byte first = child.rest[same];
    child.rest = part(child.rest, same + 1, child.rest.length);
    middle.insert(0, first, child);
    parent.children[index] = middle;
    return middle;
  }

  V remove(byte[] prefix) {
    Branch<V> parent = null;
    Node<V> node = root;
    int index = -1;
    int at = 0;
    while (at < prefix.length) {
      int i = node.search(prefix[at]);
      if (i < 0) {
        return null;
      }
      Node<V> child = node.child(i);
      at++;
      if (common(child.rest, prefix, at) < child.rest.length) {
        return null;
      }
      parent = (Branch<V>) node;
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
    if (parent != null && node.childCount() == 0) {
      parent.delete(index);
      node = parent;
    }
    if (node != root && node instanceof Branch<V> branch) {
      branch.compress();
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
      node = node.child(i);
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
      if (!(node instanceof Branch<V> branch)) {
        continue;
      }
      for (int i = branch.childCount() - 1; i >= 0; i--) {
        Node<V> child = branch.child(i);
        byte[] there = Arrays.copyOf(path, path.length + 1 + child.rest.length);
        there[path.length] = branch.firsts[i];
        System.arraycopy(child.rest, 0, there, path.length + 1, child.rest.length);
        nodes.push(child);
        paths.push(there);
      }
    }
  }
}
