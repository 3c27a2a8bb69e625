package io.quicmesh.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** One run of the command line, as a terminal would see it. */
record CommandLineRun(int exitCode, String out, String err) {

  static CommandLineRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        QuicmeshCommand.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new CommandLineRun(code, out.toString(), err.toString());
  }

  /** The names of all commands, those of groups after their group's. */
  static List<List<String>> commands() {
    List<List<String>> all = new ArrayList<>();
    collect(new CommandLine(new AllCommands()), List.of(), all);
    return all;
  }

  private static void collect(CommandLine of, List<String> path, List<List<String>> all) {
    of.getSubcommands()
        .forEach(
            (name, command) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              all.add(longer);
              collect(command, longer, all);
            });
  }

  void assertOneErrorLine(int code, String part) {
    assertThat(err.lines())
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("quicmesh: ").contains(part));
    assertThat(exitCode).isEqualTo(code);
    assertThat(out).isEmpty();
  }
}
