package io.quicmesh.relay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command line in {@code man} macros, made of picocli's model of it, so that
 * page and {@code --help} cannot differ. The build writes it to {@code target/man}.
 */
public final class ManPage {

  private final StringBuilder page = new StringBuilder();
  private final CommandLine program;

  private ManPage(CommandLine program) {
    this.program = program;
  }

  /**
   * Writes the page of a command class to a file.
   *
   * @param args the class's name and the file
   */
  public static void main(String[] args) throws IOException, ClassNotFoundException {
    Path file = Path.of(args[1]).toAbsolutePath();
    Path directory = file.getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    Files.writeString(file, of(new CommandLine(Class.forName(args[0]))));
  }

  /** The page of a program and all its commands. */
  public static String of(CommandLine program) {
    return new ManPage(program).text();
  }

  private String text() {
    CommandSpec spec = program.getCommandSpec();
    String name = spec.name();
    page.append(".TH ")
        .append(name.toUpperCase(Locale.ROOT))
        .append(" 1 \"\" \"")
        .append(String.join(" ", spec.version()))
        .append("\" \"User commands\"\n");
    section("NAME");
    line(name + " - " + String.join(" ", spec.usageMessage().description()));
    section("SYNOPSIS");
    line(synopsis(program));
    section("OPTIONS");
    arguments(spec);
    section("COMMANDS");
    commands(program);
    section("EXIT STATUS");
    spec.usageMessage().exitCodeList().forEach(this::item);
    section("ENVIRONMENT");
    item("QUICMESH_HOME", "The state directory, where --state-dir does not name one.");
    item("NO_COLOR", "When set, nothing is coloured.");
    return page.toString();
  }

  private void commands(CommandLine of) {
    for (CommandLine command : of.getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      if (spec.usageMessage().hidden()) {
        continue;
      }
      page.append(".SS \"").append(escaped(synopsis(command))).append("\"\n");
      for (String part : spec.usageMessage().description()) {
        line(part);
      }
      arguments(spec);
      commands(command);
    }
  }

  private static String synopsis(CommandLine command) {
    Help help = new Help(command.getCommandSpec(), Help.defaultColorScheme(Ansi.OFF));
    return help.synopsis(0).strip().replaceAll("\\s+", " ");
  }

  private void arguments(CommandSpec spec) {
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      item(parameter.paramLabel(), described(parameter));
    }
    for (OptionSpec option : spec.options()) {
      boolean isOwn = !option.inherited() && !isStandard(option);
      if (isOwn && !option.hidden()) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        item(String.join(", ", option.names()) + value, described(option));
      }
    }
  }

  /** Every command has them; they would fill the page. */
  private boolean isStandard(OptionSpec option) {
    return (option.usageHelp() || option.versionHelp())
        && option.command() != program.getCommandSpec();
  }

  private static String described(ArgSpec argument) {
    return String.join(" ", List.of(argument.description()));
  }

  private void section(String title) {
    page.append(".SH ").append(title).append('\n');
  }

  private void item(String term, String text) {
    page.append(".TP\n\\fB").append(escaped(term)).append("\\fR\n");
    line(text);
  }

  private void line(String text) {
    String escaped = escaped(String.format(text.replace("%", "%%").replace("%%n", "%n")));
    page.append(escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" : "")
        .append(escaped)
        .append('\n');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
  }
}
