package io.quicmesh.relay.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The program {@code quicmesh-relay}. */
public final class RelayMain {

  private RelayMain() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = RelayCommand.execute(out, err, args);
    out.flush();
    System.exit(code);
  }
}
