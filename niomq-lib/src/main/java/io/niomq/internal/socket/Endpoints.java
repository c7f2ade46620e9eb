package io.niomq.internal.socket;

import io.niomq.Errno;
import io.niomq.SocketEvent;
import io.niomq.SocketOptions;
import io.niomq.SocketType;
import io.niomq.ZmqArgumentException;
import io.niomq.ZmqEndpointException;
import io.niomq.ZmqException;
import io.niomq.ZmqIncompatibleProtocolException;
import io.niomq.explain.EndpointReport;
import io.niomq.explain.Refusal;
import io.niomq.internal.endpoint.Dialer;
import io.niomq.internal.endpoint.EndpointHistory;
import io.niomq.internal.endpoint.Listener;
import io.niomq.internal.endpoint.OpenEndpoint;
import io.niomq.internal.loop.EventLoop;
import io.niomq.internal.option.OptionValues;
import io.niomq.internal.pattern.PatternFacts;
import io.niomq.internal.pipe.Pipe;
import io.niomq.internal.security.Mechanisms;
import io.niomq.internal.transport.Endpoint;
import io.niomq.internal.transport.Listening;
import io.niomq.internal.transport.Transport;
import io.niomq.internal.transport.Transports;
import io.niomq.internal.zmtp.RawFraming;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one socket is bound and connected to. The map is guarded by the socket's lock; the endpoints
 * themselves live on I/O threads.
 */
public final class Endpoints {
  static final String INPROC = "inproc";

  private static final byte[] NO_NAME = {};

  /** So many failed endpoints are remembered. */
  private static final int FAILED_MAX = 8;

  private final SocketCore core;
  private final Pipes pipes;

  /** By the endpoint's text; several connects to the same are possible. */
  private final Map<String, List<OpenEndpoint>> byName = new LinkedHashMap<>();

  /** The listeners and dialers that may not be at their end yet. Any thread. */
  private final Set<OpenEndpoint> networked = ConcurrentHashMap.newKeySet();

  private boolean used;

  /**
   * Endpoints that could not be bound, were given up, or whose inproc peer has closed; the newest
   * only. Under the lock.
   */
  private final ArrayDeque<EndpointHistory> failed = new ArrayDeque<>(0);

  /** How many messages a publisher had been given before its first endpoint. Under the lock. */
  private long publishedBefore;

  /**
   * The socket itself, its listeners, its dialers and its accepted connections: at 0 the socket is
   * gone.
   */
  private final AtomicInteger alive = new AtomicInteger(1);

  Endpoints(SocketCore core, Pipes pipes) {
    this.core = core;
    this.pipes = pipes;
  }

  /** Whether anything was ever bound or connected. Under the lock. */
  boolean wereUsed() {
    return used;
  }

  // ------------------------------------------------------------------------------------------------ bind

  public String bind(String text) {
    enter();
    try {
      return bind(Endpoint.parse(text));
    } finally {
      closed();
    }
  }

  /** The socket does not end, nor its context, while an endpoint is being made. */
  private void enter() {
    pipes.lock();
    try {
      core.checkUsable();
      opened();
    } finally {
      pipes.unlock();
    }
  }

  private String bind(Endpoint endpoint) {
    String text = endpoint.text();
    String bound;
    if (endpoint.scheme().equals(INPROC)) {
      checkSpeaksInproc(text);
      try {
        core.context().inproc().bind(endpoint, core);
      } catch (ZmqException e) {
        noteFailed(text, true, e.getMessage());
        throw e;
      }
      bound = text;
      remember(text, new InprocName(text, core));
    } else {
      OptionValues options = snapshot();
      checkMechanism(options);
      EventLoop loop = core.context().pickLoop(options);
      Transport transport = Transports.of(endpoint.scheme());
      Listening listening;
      try {
        listening = transport.bind(endpoint, options);
      } catch (ZmqException e) {
        noteFailed(text, true, e.getMessage());
        core.event(
            new SocketEvent(
                SocketEvent.Type.BIND_FAILED,
                text,
                "",
                e.getMessage(),
                e.errno(),
                e.errno().number(),
                text,
                ""));
        throw e;
      }
      Listener listener = new Listener(pipes, transport, listening, options, loop);
      bound = listening.endpoint();
      networked.add(listener);
      listener.start();
      remember(bound, listener);
    }
    return bound;
  }

  private void checkSpeaksInproc(String text) {
    if (core.type() == SocketType.STREAM) {
      throw new ZmqIncompatibleProtocolException(
          text + ": a STREAM has plain connections, over tcp or ipc");
    }
  }

  /**
   * The options for an endpoint; a name for the next peer is not one of them: {@link #takeName}.
   */
  private OptionValues snapshot() {
    pipes.lock();
    try {
      OptionValues options = core.optionValues().snapshot();
      options.store(SocketOptions.CONNECT_ROUTING_ID, NO_NAME);
      return options;
    } finally {
      pipes.unlock();
    }
  }

  /** Keys that are missing matter only to connections that will use them: not over inproc. */
  private static void checkMechanism(OptionValues options) {
    if (!RawFraming.isUsedWith(options)) {
      Mechanisms.checkComplete(options);
    }
  }

  /**
   * Moves the name that the application gives to the next peer into the options of its endpoint.
   */
  private void takeName(OptionValues options) {
    pipes.lock();
    try {
      byte[] name = core.optionValues().get(SocketOptions.CONNECT_ROUTING_ID);
      if (name.length > 0) {
        core.optionValues().store(SocketOptions.CONNECT_ROUTING_ID, NO_NAME);
        pipes.checkRoutingId(name);
        options.store(SocketOptions.CONNECT_ROUTING_ID, name);
      }
    } finally {
      pipes.unlock();
    }
  }

  /** Notes an endpoint; if the socket was closed meanwhile, takes it down again and says so. */
  void remember(String name, OpenEndpoint endpoint) {
    pipes.lock();
    try {
      if (!core.isClosedLocked()) {
        if (endpoint instanceof Dialer d && !networked.contains(d)) {
          // It has given up already, and will not ask to be forgotten again.
          keepFailed(d.history());
        } else {
          byName.computeIfAbsent(name, n -> new ArrayList<>(1)).add(endpoint);
        }
        if (endpoint instanceof InprocConnection c) {
          failed.removeIf(h -> h.endpoint().equals(name)); // this one takes their place
          if (c.pipe().detached) {
            forget(c.pipe()); // the peer was quicker
          }
        }
        if (!used) {
          PatternFacts facts = new PatternFacts();
          core.behavior().explain(facts);
          publishedBefore = Math.max(0, facts.published);
        }
        used = true;
        core.optionValues().store(SocketOptions.LAST_ENDPOINT, name);
        return;
      }
    } finally {
      pipes.unlock();
    }
    closeAll(List.of(endpoint), 0);
    core.ensureUsable();
  }

  // ------------------------------------------------------------------------------------------------ connect

  public void connect(String text) {
    enter();
    try {
      connect(Endpoint.parse(text));
    } finally {
      closed();
    }
  }

  private void connect(Endpoint endpoint) {
    String text = endpoint.text();
    OptionValues options = snapshot();
    if (endpoint.scheme().equals(INPROC)) {
      checkSpeaksInproc(text);
      takeName(options);
      Pipe pipe;
      try {
        pipe = core.context().inproc().connect(endpoint, core, options);
      } catch (ZmqArgumentException e) {
        core.refusals().peer(text, "", Refusal.INCOMPATIBLE_TYPE, e.getMessage());
        noteFailed(text, false, e.getMessage());
        throw e;
      }
      remember(text, new InprocConnection(text, pipe, core.context()));
      return;
    }
    checkMechanism(options);
    Transport transport = Transports.of(endpoint.scheme());
    transport.checkConnect(endpoint, options);
    EventLoop loop = core.context().pickLoop(options);
    if (ignoresSecondConnect() && isConnected(text)) {
      return;
    }
    takeName(options);
    Pipe lasting = null;
    if (!options.isOn(SocketOptions.IMMEDIATE)) {
      lasting = pipes.newPipe(options, text);
      if (!pipes.attach(lasting)) {
        if (lasting.refused == null) {
          core.ensureUsable();
        } else if (lasting.routingId != null) {
          throw new ZmqArgumentException(lasting.refused); // another was quicker to take the name
        }
        return; // refused by the pattern, and reported
      }
    }
    Dialer dialer = new Dialer(pipes, transport, endpoint, options, loop, lasting);
    networked.add(dialer);
    dialer.start();
    remember(text, dialer);
  }

  private boolean ignoresSecondConnect() {
    SocketType t = core.type();
    return t == SocketType.DEALER
        || t == SocketType.REQ
        || t == SocketType.SUB
        || t == SocketType.PUB;
  }

  private boolean isConnected(String text) {
    pipes.lock();
    try {
      for (OpenEndpoint e : byName.getOrDefault(text, List.of())) {
        if (e instanceof Dialer) {
          return true;
        }
      }
      return false;
    } finally {
      pipes.unlock();
    }
  }

  // ------------------------------------------------------------------------------------------------ unbind, disconnect

  public void unbind(String text) {
    core.ensureUsable(); // before the argument, as libzmq
    Endpoint.parse(text);
    List<OpenEndpoint> open;
    long linger;
    pipes.lock();
    try {
      core.checkUsable();
      open = takeLocked(text);
      linger = core.optionValues().nanos(SocketOptions.LINGER);
    } finally {
      pipes.unlock();
    }
    if (open == null) {
      throw new ZmqEndpointException(
          Errno.ENOENT,
          text,
          "nothing is bound or connected there; use the endpoint that bind returned, or the text"
              + " given to connect");
    }
    for (OpenEndpoint e : open) {
      if (e.lastingPipe() != null) {
        pipes.detach(e.lastingPipe());
      }
    }
    closeAll(open, linger);
  }

  /**
   * What is open there; of an inproc name that is bound and connected only what is bound, as in
   * libzmq. Null if there is nothing. Under the lock.
   */
  private List<OpenEndpoint> takeLocked(String text) {
    List<OpenEndpoint> open = byName.remove(text);
    if (open == null) {
      return null;
    }
    List<OpenEndpoint> connected = new ArrayList<>(open);
    connected.removeIf(e -> !(e instanceof InprocConnection));
    if (connected.isEmpty() || connected.size() == open.size()) {
      return open;
    }
    byName.put(text, connected);
    open.removeAll(connected);
    return open;
  }

  // ------------------------------------------------------------------------------------------------ the end

  /** All endpoints, which the caller closes. Under the lock. */
  List<OpenEndpoint> takeAll() {
    List<OpenEndpoint> open = new ArrayList<>();
    byName.values().forEach(open::addAll);
    byName.clear();
    return open;
  }

  /** Takes endpoints down; their pipes are detached already. Under no lock. */
  void closeAll(List<OpenEndpoint> open, long lingerNanos) {
    open.forEach(e -> e.close(lingerNanos));
  }

  /** A dialer has given up. Under no lock. */
  void forget(Dialer dialer) {
    networked.remove(dialer);
    pipes.lock();
    try {
      List<OpenEndpoint> same = byName.get(dialer.endpoint());
      if (same != null && same.remove(dialer)) {
        keepFailed(dialer.history()); // nobody has closed it
        if (same.isEmpty()) {
          byName.remove(dialer.endpoint());
        }
      }
    } finally {
      pipes.unlock();
    }
  }

  /** A pipe over inproc has ended. Under the lock. */
  void forget(Pipe pipe) {
    List<OpenEndpoint> same = byName.get(pipe.endpoint);
    if (same == null) {
      return;
    }
    boolean connected = same.removeIf(e -> e.lastingPipe() == pipe);
    if (same.isEmpty()) {
      byName.remove(pipe.endpoint);
    }
    if (connected) {
      EndpointHistory history = new EndpointHistory(pipe.endpoint, false);
      if (pipe.refused != null) {
        history.error(pipe.refused);
      }
      history.closed();
      keepFailed(history); // nobody has disconnected it
    }
  }

  /** Nothing is left of a listener. Any thread. */
  void forget(Listener listener) {
    networked.remove(listener);
  }

  /** How many listeners and dialers are remembered. For tests. */
  int networked() {
    return networked.size();
  }

  void opened() {
    alive.incrementAndGet();
  }

  void closed() {
    if (alive.decrementAndGet() == 0) {
      core.gone();
      core.drops().close();
      core.context().socketGone(core);
    }
  }

  List<String> names() {
    pipes.lock();
    try {
      return List.copyOf(byName.keySet());
    } finally {
      pipes.unlock();
    }
  }

  // ------------------------------------------------------------------------------------------------ reports

  private void noteFailed(String name, boolean bound, String error) {
    EndpointHistory history = new EndpointHistory(name, bound);
    history.failed(error);
    pipes.lock();
    try {
      keepFailed(history);
    } finally {
      pipes.unlock();
    }
  }

  private void keepFailed(EndpointHistory history) {
    if (failed.size() == FAILED_MAX) {
      failed.poll();
    }
    failed.add(history);
  }

  /** How many messages a publisher had been given before its first endpoint. */
  long publishedBefore() {
    pipes.lock();
    try {
      return publishedBefore;
    } finally {
      pipes.unlock();
    }
  }

  /** What has become of all endpoints. Under no lock. */
  List<EndpointReport> reports() {
    List<OpenEndpoint> open = new ArrayList<>();
    List<EndpointReport> reports = new ArrayList<>();
    pipes.lock();
    try {
      byName.values().forEach(open::addAll);
      failed.forEach(history -> reports.add(history.report()));
    } finally {
      pipes.unlock();
    }
    if (open.isEmpty()) {
      open.addAll(networked); // closed, with something left to send
    }
    open.forEach(e -> reports.add(e.report()));
    return reports;
  }

  /** The pipes of a closed socket that may still have something to send. */
  List<Pipe> lingering() {
    List<Pipe> result = new ArrayList<>();
    networked.forEach(e -> result.addAll(e.pipes()));
    return result;
  }

  /** Gives up what is still unsent: for a context whose time to close is over. Any thread. */
  void abandon() {
    networked.forEach(OpenEndpoint::abandon);
  }
}
