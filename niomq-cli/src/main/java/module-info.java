/** The {@code niomq} command, on the public API only. */
module io.niomq.cli {
  requires info.picocli;
  requires io.niomq;
  requires java.management;
  requires java.management.rmi;
  requires jdk.attach;

  opens io.niomq.cli to
      info.picocli;
  opens io.niomq.cli.perf to
      info.picocli;
}
