package io.niomq.cli.perf;

import io.niomq.Socket;
import io.niomq.ZmqArgumentException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which side binds: the local tools do and the remote ones connect, unless told otherwise. */
final class Link {
  @Option(names = "--bind", description = "Bind to the endpoint, as the local tools do.")
  private boolean bind;

  @Option(names = "--connect", description = "Connect to the endpoint, as the remote tools do.")
  private boolean connect;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** Binds, unless {@code --connect} was given. */
  void bind(Socket socket, String endpoint) {
    join(socket, endpoint, !connect);
  }

  /** Connects, unless {@code --bind} was given. */
  void connect(Socket socket, String endpoint) {
    join(socket, endpoint, bind);
  }

  private void join(Socket socket, String endpoint, boolean binds) {
    CommandLine commandLine = command.commandLine();
    if (bind && connect) {
      throw new ParameterException(commandLine, "--bind and --connect exclude each other");
    }
    try {
      if (!binds) {
        socket.connect(endpoint);
        return;
      }
      String bound = socket.bind(endpoint);
      if (!bound.equals(endpoint)) {
        commandLine
            .getErr()
            .println("bound to " + bound); // the peer needs the port that was chosen
      }
    } catch (ZmqArgumentException e) {
      throw new ParameterException(commandLine, e.getMessage(), e);
    }
  }
}
