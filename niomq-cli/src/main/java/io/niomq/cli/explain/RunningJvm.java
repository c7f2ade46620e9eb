package io.niomq.cli.explain;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Reads what the contexts of another JVM show through JMX. */
public final class RunningJvm {
  private static final String ADDRESS = "com.sun.management.jmxremote.localConnectorAddress";
  private static final String NAMES = "io.niomq:type=Context,*";

  private RunningJvm() {}

  /**
   * The reports of all contexts in process {@code pid}.
   *
   * @throws ExplainException when there is no such process, none may be asked, or has no context
   */
  public static List<String> contexts(long pid, boolean json) {
    if (ProcessHandle.of(pid).isEmpty()) {
      throw new ExplainException("there is no process " + pid);
    }
    if (pid == ProcessHandle.current().pid()) {
      throw new ExplainException("process " + pid + " is this very command");
    }
    String address = address(pid);
    try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
      List<String> reports = read(connector.getMBeanServerConnection(), json);
      if (reports.isEmpty()) {
        throw new ExplainException(
            "process "
                + pid
                + " shows no NioMQ context: it has none, or the context was made less than two"
                + " seconds ago, or with management(false)");
      }
      return reports;
    } catch (IOException | JMException e) {
      throw new ExplainException("process " + pid + " does not answer: " + e.getMessage(), e);
    }
  }

  private static String address(long pid) {
    try {
      VirtualMachine jvm = VirtualMachine.attach(Long.toString(pid));
      try {
        String address = jvm.getAgentProperties().getProperty(ADDRESS);
        return address != null ? address : jvm.startLocalManagementAgent();
      } finally {
        jvm.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new ExplainException(
          "process " + pid + " is no Java program that can be attached to: " + e.getMessage(), e);
    } catch (IOException | SecurityException e) {
      throw new ExplainException(
          "process "
              + pid
              + " cannot be asked ("
              + e.getMessage()
              + "): only its own user may, and only if it is a Java program",
          e);
    }
  }

  private static List<String> read(MBeanServerConnection server, boolean json)
      throws IOException, JMException {
    List<String> reports = new ArrayList<>();
    Set<ObjectName> names = new TreeSet<>(server.queryNames(new ObjectName(NAMES), null));
    for (ObjectName name : names) {
      try {
        reports.add((String) server.getAttribute(name, json ? "Json" : "Page"));
      } catch (InstanceNotFoundException closedMeanwhile) {
        continue;
      }
    }
    return reports;
  }
}
