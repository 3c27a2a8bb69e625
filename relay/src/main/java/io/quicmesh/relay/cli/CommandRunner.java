package io.quicmesh.relay.cli;

import io.quicmesh.monitor.client.AdminErrorException;
import io.quicmesh.monitor.client.DaemonUnreachableException;
import java.io.PrintWriter;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Runs a command line of node or relay; an error is one line and an exit code. */
public final class CommandRunner {

  private CommandRunner() {}

  /** Runs the command and returns what the process ends with. */
  public static int execute(CommandLine line, PrintWriter out, PrintWriter err, String... args) {
    return line.setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(CommandRunner::usageError)
        .setExecutionExceptionHandler(CommandRunner::failure)
        .execute(args);
  }

  private static int usageError(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    print(
        command, e.getMessage() + "; see " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  private static int failure(
      Exception e, CommandLine command, CommandLine.@Nullable ParseResult parsed) {
    print(command, e.getMessage());
    if (e instanceof CommandFailedException failed) {
      return failed.exitCode();
    } else if (e instanceof DaemonUnreachableException) {
      return ExitCode.NOT_REACHABLE;
    } else if (e instanceof AdminErrorException refused) {
      return refused.exitCode();
    }
    return e instanceof SocketTimeoutException ? ExitCode.TIMED_OUT : ExitCode.FAILED;
  }

  private static void print(CommandLine command, @Nullable String message) {
    String line = message == null ? "failed" : message.lines().findFirst().orElse("failed");
    command.getErr().println(command.getCommandSpec().root().name() + ": " + line);
    command.getErr().flush();
  }
}
