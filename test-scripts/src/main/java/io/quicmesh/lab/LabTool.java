package io.quicmesh.lab;

import io.quicmesh.lab.bulk.BulkCommand;
import io.quicmesh.lab.emulator.EmulatorCommand;
import io.quicmesh.lab.prober.ProberCommand;
import io.quicmesh.lab.stranger.LoadCommand;
import io.quicmesh.lab.stranger.StrangerCommand;
import io.quicmesh.lab.vlan.VlanCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program behind {@code test-scripts/lab/tool}: one subcommand for each of the labs' tools. */
@Command(
    name = "tool",
    mixinStandardHelpOptions = true,
    description = "Tools of the labs.",
    subcommands = {
      EmulatorCommand.class,
      ProberCommand.class,
      VlanCommand.class,
      MemoryScanCommand.class,
      StrangerCommand.class,
      LoadCommand.class,
      BulkCommand.class
    })
public final class LabTool {

  private LabTool() {}

  /** Runs one tool and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LabTool()).execute(arguments));
  }
}
