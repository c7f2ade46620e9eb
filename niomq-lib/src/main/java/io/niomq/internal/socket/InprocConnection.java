package io.niomq.internal.socket;

import io.niomq.explain.EndpointReport;
import io.niomq.explain.EndpointReport.State;
import io.niomq.internal.endpoint.OpenEndpoint;
import io.niomq.internal.pipe.Pipe;

/** A pipe to a socket of the same context, made by connecting; perhaps nobody is there yet. */
record InprocConnection(String name, Pipe pipe, ContextCore context) implements OpenEndpoint {
  @Override
  public void close(long lingerNanos) {
    context.inproc().connectorClosed(name, pipe, lingerNanos);
  }

  @Override
  public Pipe lastingPipe() {
    return pipe;
  }

  @Override
  public EndpointReport report() {
    if (pipe.detached || pipe.ended) {
      return report(State.CLOSED, pipe.refused == null ? "" : pipe.refused);
    }
    if (pipe.isConnected()) {
      return report(State.CONNECTED, "");
    }
    boolean elsewhere = Contexts.isBoundElsewhere(name, context);
    return report(State.UNBOUND, elsewhere ? "bound in another context" : "");
  }

  private EndpointReport report(State state, String error) {
    return new EndpointReport(name, false, state, null, 0, 0, error, null);
  }
}
