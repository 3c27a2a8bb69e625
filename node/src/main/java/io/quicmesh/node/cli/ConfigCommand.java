package io.quicmesh.node.cli;

import io.quicmesh.node.config.ConfigException;
import io.quicmesh.node.config.ConfigFile;
import io.quicmesh.node.config.NodeSettingsReader;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands about the config file. */
@Command(
    name = "config",
    description = "Checks a config file, or prints the sample.",
    mixinStandardHelpOptions = true,
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Sample.class})
final class ConfigCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "config needs check or sample");
  }

  /** Checks a config file. */
  @Command(
      name = "check",
      description = "Checks a config file: says what is wrong with it and where, or nothing.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "The config file.")
    private @Nullable Path file;

    @Override
    public Integer call() throws CommandFailedException {
      Path path = Objects.requireNonNull(file);
      try {
        NodeSettingsReader.read(path.toString(), ConfigFile.read(path));
        return ExitCode.DONE;
      } catch (ConfigException e) {
        throw new CommandFailedException(ExitCode.USAGE, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Prints the sample config file. */
  @Command(
      name = "sample",
      description = "Prints a config file with every key, its default and what it means.",
      mixinStandardHelpOptions = true)
  static final class Sample implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      out.print(ConfigFile.sample());
      out.flush();
      return ExitCode.DONE;
    }
  }
}
