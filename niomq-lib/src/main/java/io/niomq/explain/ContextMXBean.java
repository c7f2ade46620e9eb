package io.niomq.explain;

import java.util.List;

/**
 * A context as other processes see it, through JMX: {@code io.niomq:type=Context,id=1} and so on in
 * the platform's MBean server, some seconds after the context was made ({@code ./niomq explain PID}
 * reads it).
 *
 * @see io.niomq.Context.Builder#management
 */
public interface ContextMXBean {
  /** The context's report as a page to read. */
  String getPage();

  /** The context's report as JSON. */
  String getJson();

  /** What may be the reason why messages did not arrive, one sentence each. */
  List<String> getFindings();
}
