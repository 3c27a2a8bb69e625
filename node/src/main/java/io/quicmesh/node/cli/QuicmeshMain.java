package io.quicmesh.node.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The program {@code quicmesh}. */
public final class QuicmeshMain {

  private static final String LOG_CONFIG = "logback.configurationFile";

  private QuicmeshMain() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    if (System.getProperty(LOG_CONFIG) == null) {
      System.setProperty(LOG_CONFIG, "io/quicmesh/node/logback-command.xml");
    }
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = QuicmeshCommand.execute(out, err, args);
    out.flush();
    System.exit(code);
  }
}
