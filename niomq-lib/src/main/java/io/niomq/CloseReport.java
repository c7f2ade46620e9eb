package io.niomq;

import java.util.List;

/**
 * What closing a context came to.
 *
 * @param complete whether everything was sent (or its linger was over) within the time given
 * @param closedByContext the sockets that the application had not closed
 * @param dropped how many messages were given up because the time was over
 */
public record CloseReport(boolean complete, List<OpenSocket> closedByContext, long dropped) {

  /**
   * A socket that was still open.
   *
   * @param type its type
   * @param endpoints what it was bound or connected to
   * @param openedBy the name of the thread that opened it
   */
  public record OpenSocket(SocketType type, List<String> endpoints, String openedBy) {
    /** For the library's own use. */
    public OpenSocket {
      endpoints = List.copyOf(endpoints);
    }
  }

  /** For the library's own use. */
  public CloseReport {
    closedByContext = List.copyOf(closedByContext);
  }
}
