package io.niomq.interop;

import io.niomq.SocketType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Calls to sockets of a {@link LibzmqPeer}, which has no others. */
final class LibzmqCalls implements Calls {
  private final LibzmqPeer peer;
  private final MadeUpIds ids = new MadeUpIds();

  LibzmqCalls(LibzmqPeer peer, List<SocketType> types) {
    this.peer = peer;
    for (int i = 0; i < types.size(); i++) {
      peer.ask("socket c" + i + " " + types.get(i));
    }
  }

  @Override
  public String call(Call call) {
    String arguments = call.name().equals("send") ? ids.octets(call.arguments()) : call.arguments();
    String result = peer.ask("outcome c" + call.socket() + " " + call.name() + " " + arguments);
    return switch (call.name()) {
      case "recv" -> ids.named(result);
      case "drain" ->
          Arrays.stream(result.split(" "))
              .map(ids::named)
              .sorted()
              .collect(Collectors.joining(" "));
      default -> result;
    };
  }

  @Override
  public List<String> readiness() {
    return List.of(peer.ask("readiness").split(" "));
  }
}
