package io.quicmesh.node.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The program {@code quicmesh}. */
public final class QuicmeshMain {

  private QuicmeshMain() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = QuicmeshCommand.execute(out, err, args);
    out.flush();
    System.exit(code);
  }
}
