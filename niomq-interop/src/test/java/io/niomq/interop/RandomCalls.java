package io.niomq.interop;

import io.niomq.SocketType;
import io.niomq.interop.Calls.Call;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes up sockets that can talk to each other, and calls to them, over inproc. The same seed makes
 * up the same.
 */
final class RandomCalls {
  private static final int ROUTING_ID = 5;
  private static final int SUBSCRIBE = 6;
  private static final int UNSUBSCRIBE = 7;
  private static final int ROUTER_MANDATORY = 33;
  private static final int XPUB_VERBOSE = 40;
  private static final int PROBE_ROUTER = 51;
  private static final int REQ_CORRELATE = 52;
  private static final int REQ_RELAXED = 53;
  private static final int CONNECT_ROUTING_ID = 61;
  private static final int XPUB_NODROP = 69;
  private static final int XPUB_MANUAL = 71;
  private static final int XPUB_WELCOME_MSG = 72;
  private static final int INVERT_MATCHING = 74;
  private static final int XPUB_VERBOSER = 78;
  private static final int ONLY_FIRST_SUBSCRIBE = 108;

  private static final List<List<SocketType>> FAMILIES =
      List.of(
          List.of(SocketType.PUB, SocketType.XPUB, SocketType.SUB, SocketType.XSUB),
          List.of(SocketType.REQ, SocketType.REP, SocketType.ROUTER, SocketType.DEALER),
          List.of(SocketType.PUSH, SocketType.PULL),
          List.of(SocketType.PAIR));

  private static final String[] TOPICS = {"", "a", "ab", "b"};

  private final Random random;
  private final String name;
  private final List<SocketType> types = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final boolean connectsFirst;
  private final Set<Integer> bound = new HashSet<>();
  private final Set<Integer> manual = new HashSet<>();
  private final Set<Integer> closed = new HashSet<>();

  /** Once each, for a REP of libzmq takes no second peer with the same routing id. */
  private final Set<Set<Integer>> joined = new HashSet<>();

  private int sent;

  RandomCalls(long seed, int count) {
    random = new Random(seed * 0x9E3779B97F4A7C15L); // near seeds shall not resemble each other
    name = "inproc://r" + Long.toHexString(seed) + "-";
    connectsFirst = in(2);
    List<SocketType> family = one(FAMILIES);
    int sockets = 3 + random.nextInt(3);
    while (types.size() < sockets) {
      types.add(one(family));
    }
    for (int i = 0; i < sockets; i++) {
      optionsAtFirst(i);
    }
    for (int i = 0; i < sockets / 2; i++) {
      bind(i);
      connectToSomebody(sockets - 1 - i);
    }
    for (int i = 0; i < count; i++) {
      something(random.nextInt(sockets));
    }
  }

  List<SocketType> types() {
    return types;
  }

  List<Call> calls() {
    return calls;
  }

  private <T> T one(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private boolean in(int chances) {
    return random.nextInt(chances) == 0;
  }

  private void add(int socket, String call, String arguments) {
    calls.add(new Call(socket, call, arguments));
  }

  private void set(int socket, int option, String value) {
    add(socket, "set", option + " " + value);
  }

  private void optionsAtFirst(int socket) {
    SocketType type = types.get(socket);
    switch (type) {
      case REQ, DEALER, ROUTER -> {
        if (socket > 0) { // made-up ids of several peers could come in another order
          set(socket, ROUTING_ID, "x" + hex("i" + socket));
        }
        if (type == SocketType.REQ && in(2)) {
          set(socket, REQ_CORRELATE, "1");
        }
      }
      case XPUB -> {
        if (in(3)) {
          manual.add(socket);
          set(socket, XPUB_MANUAL, "1");
        }
      }
      default -> {}
    }
  }

  private void something(int socket) {
    if (closed.contains(socket)) {
      return;
    }
    switch (random.nextInt(12)) {
      case 0 -> endpoints(socket);
      case 1 -> options(socket);
      case 2, 3, 4, 5, 6 -> receive(socket);
      default -> send(socket);
    }
  }

  private void receive(int socket) {
    SocketType type = types.get(socket);
    boolean all =
        switch (type) {
          case SUB, XSUB -> true;
          case XPUB -> !manual.contains(socket);
          case PULL -> connectsFirst;
          default -> in(8);
        };
    add(socket, all ? "drain" : "recv", "");
  }

  private void receiveEverything() {
    for (int i = 0; i < types.size(); i++) {
      if (!closed.contains(i)) {
        add(i, "drain", "");
      }
    }
  }

  private void endpoints(int socket) {
    switch (random.nextInt(mayConnectFirst(socket) ? 3 : 8)) {
      case 0, 1 -> bind(socket);
      case 2 -> {
        add(socket, "unbind", name + socket);
        bound.remove(socket);
        connectToSomebody(socket);
      }
      case 3 -> {
        receiveEverything(); // libzmq may have taken a message out of its queue already
        add(socket, "disconnect", name + random.nextInt(types.size()));
      }
      case 4 -> add(socket, "last-endpoint", "");
      case 5 -> {
        if (in(3)) {
          receiveEverything();
          add(socket, "close", "");
          bound.remove(socket);
          closed.add(socket);
        }
      }
      default -> connectToSomebody(socket);
    }
  }

  private void bind(int socket) {
    add(socket, "bind", name + socket);
    bound.add(socket);
  }

  private void connectToSomebody(int socket) {
    int other = random.nextInt(types.size());
    if (!bound.contains(other) && !mayConnectFirst(socket)) {
      return;
    }
    if (types.get(socket).peers().contains(types.get(other))
        && (mayConnectFirst(socket) || (socket != other && joined.add(Set.of(socket, other))))) {
      if (types.get(socket) == SocketType.ROUTER && in(3)) {
        set(socket, CONNECT_ROUTING_ID, "x" + hex("c" + calls.size()));
      }
      add(socket, "connect", name + other);
    }
  }

  /**
   * libzmq mixes up probes and routing ids of sockets that connect before the name is bound, and a
   * PAIR that leaves such a name takes no other peer.
   */
  private boolean mayConnectFirst(int socket) {
    return switch (types.get(socket)) {
      case PUSH, PULL -> connectsFirst;
      default -> false;
    };
  }

  private void options(int socket) {
    String on = Integer.toString(random.nextInt(2));
    switch (types.get(socket)) {
      case SUB -> {
        receive(socket); // libzmq filters what has come when it is first asked for it
        set(socket, INVERT_MATCHING, on);
      }
      case XSUB -> set(socket, ONLY_FIRST_SUBSCRIBE, on);
      case PUB -> publisher(socket, on);
      case XPUB -> {
        if (manual.contains(socket)) {
          receive(socket);
          set(socket, in(3) ? UNSUBSCRIBE : SUBSCRIBE, "x" + topic());
        } else if (in(2)) {
          publisher(socket, on);
        } else {
          set(socket, in(2) ? XPUB_VERBOSE : XPUB_VERBOSER, on);
        }
      }
      case REQ -> set(socket, REQ_RELAXED, on);
      case ROUTER -> set(socket, in(2) ? ROUTER_MANDATORY : PROBE_ROUTER, on);
      case DEALER -> set(socket, PROBE_ROUTER, on);
      default -> {}
    }
  }

  private void publisher(int socket, String on) {
    switch (random.nextInt(4)) {
      case 0 -> set(socket, XPUB_NODROP, on);
      case 1 -> set(socket, XPUB_WELCOME_MSG, "x" + hex("aw"));
      case 2 -> set(socket, ONLY_FIRST_SUBSCRIBE, on);
      default -> set(socket, INVERT_MATCHING, on);
    }
  }

  private String topic() {
    return hex(TOPICS[random.nextInt(TOPICS.length)]);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes());
  }

  private void send(int socket) {
    switch (types.get(socket)) {
      case SUB -> {
        receive(socket);
        set(socket, in(3) ? UNSUBSCRIBE : SUBSCRIBE, "x" + topic());
      }
      case XSUB -> add(socket, "send", upstream());
      case XPUB -> {
        if (manual.contains(socket) && in(2)) {
          options(socket);
        } else {
          add(socket, "send", hex(TOPICS[random.nextInt(4)] + sent++) + rest());
        }
      }
      case PUB -> add(socket, "send", hex(TOPICS[random.nextInt(4)] + sent++) + rest());
      case ROUTER -> add(socket, "send", address() + "," + rest(in(2) ? "-," : ""));
      case DEALER -> add(socket, "send", rest(in(2) ? "-," : in(3) ? "01,-," : ""));
      default -> add(socket, "send", rest(""));
    }
  }

  private String address() {
    if (in(2)) {
      return "@" + random.nextInt(4);
    }
    return hex(in(2) ? "i" + random.nextInt(types.size()) : "c" + random.nextInt(calls.size()));
  }

  private String rest(String envelope) {
    return envelope + hex("" + sent++) + rest();
  }

  private String rest() {
    return in(4) ? ",-" : in(4) ? "," + hex("z") : "";
  }

  private String upstream() {
    boolean message = in(4) && manual.isEmpty(); // libzmq mixes up the peers of a manual XPUB then
    return message ? hex("u" + sent++) + rest() : (in(3) ? "00" : "01") + topic();
  }
}
