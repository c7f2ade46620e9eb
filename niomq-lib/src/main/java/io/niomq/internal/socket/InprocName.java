package io.niomq.internal.socket;

import io.niomq.explain.EndpointReport;
import io.niomq.explain.EndpointReport.State;
import io.niomq.internal.endpoint.OpenEndpoint;

/** A name that a socket has in its context: a bound inproc endpoint. */
record InprocName(String name, SocketCore core) implements OpenEndpoint {
  @Override
  public void close(long lingerNanos) {
    core.context().inproc().unbind(name, core);
  }

  @Override
  public EndpointReport report() {
    return new EndpointReport(name, true, State.LISTENING, null, 0, 0, "", null);
  }
}
