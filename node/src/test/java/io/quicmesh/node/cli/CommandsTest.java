package io.quicmesh.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Every command's help, exit code and error line. */
final class CommandsTest {

  @TempDir Path directory = Path.of("");

  static Stream<List<String>> commands() {
    return CommandLineRun.commands().stream();
  }

  private CommandLineRun run(String line) {
    List<String> args = new ArrayList<>(List.of("--state-dir", directory.toString()));
    args.addAll(List.of(line.split(" ", -1)));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelp(List<String> command) {
    CommandLineRun run = run(String.join(" ", command) + " --help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Usage: quicmesh " + String.join(" ", command));
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandRefusesAnUnknownOption(List<String> command) {
    String name = String.join(" ", command);

    run(name + " --no-such-option").assertOneErrorLine(2, "see quicmesh " + name + " --help");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "peers",
        "connections",
        "migrations",
        "handovers",
        "why bob",
        "ping bob",
        "handover bob relay",
        "simulate-migration",
        "simulate-migration bob",
        "monitor",
        "netcheck",
        "log",
        "log debug io.quicmesh",
        "reload",
        "down",
      })
  void withoutADaemonTheExitCodeIs3AndTheLineSaysSo(String line) {
    run(line).assertOneErrorLine(3, "no daemon answers");
    run(line + " --json").assertOneErrorLine(3, "no daemon answers");
  }

  /** So that the list above stays whole. */
  @Test
  void everyCommandThatAsksTheDaemonIsTried() {
    List<String> asking =
        new CommandLine(new AllCommands())
            .getSubcommands().entrySet().stream()
                .filter(entry -> entry.getValue().getCommand() instanceof DaemonCommand)
                .map(java.util.Map.Entry::getKey)
                .toList();

    assertThat(asking)
        .containsExactlyInAnyOrder(
            "status",
            "peers",
            "connections",
            "migrations",
            "handovers",
            "why",
            "ping",
            "handover",
            "simulate-migration",
            "monitor",
            "netcheck",
            "log",
            "reload",
            "down");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bogus | bogus",
        "config | config needs",
        "network | network needs",
        "why | PEER",
        "ping | PEER",
        "ping bob --count many | --count",
        "handover bob | direct|relay",
        "handover bob relay --hold soon | is not a time",
        "invite | NODE",
        "invite bob --ttl soon | is not a time",
        "invite bob --address here | here",
        "network create home --subnet here | --subnet",
        "network create home --relay here | --relay",
        "network create home --node UPPER | cannot be a node's name",
        "up --listen here | is not ADDR:PORT",
        "up --admin here | is not ADDR:PORT",
        "up --config /nonexistent.yaml | there is no config file",
        "config check /nonexistent.yaml | there is no config file",
        "revoke | NODE",
      })
  void wrongUsageIsOneLineAndExitCode2(String line, String part) {
    run(line.strip()).assertOneErrorLine(2, part.strip());
  }

  @Test
  void aCommandIsNeeded() {
    CommandLineRun.of().assertOneErrorLine(2, "a command is needed");
  }

  @Test
  void whatNeedsANetworkSaysThatThereIsNone() {
    run("invite bob").assertOneErrorLine(1, "network");
    run("revoke bob").assertOneErrorLine(1, "network");
  }

  @Test
  void aTokenThatIsNoneIsRefused() {
    CommandLineRun run = run("join nonsense");

    assertThat(run.exitCode()).isIn(1, 2, 4);
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void completionNamesEveryCommandAndOption() {
    CommandLineRun run = run("completion");

    assertThat(run.exitCode()).isZero();
    for (List<String> command : CommandLineRun.commands()) {
      assertThat(run.out()).contains(command.get(command.size() - 1));
    }
    assertThat(run.out()).contains("--state-dir", "--hold", "complete -F");
  }

  @Test
  void theSampleConfigIsPrintedAndIsRight() {
    CommandLineRun run = run("config sample");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("tap:", "mtu: 1500");
  }
}
