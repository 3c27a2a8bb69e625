package io.quicmesh.node.cli;

import io.quicmesh.node.membership.InviteToken;
import io.quicmesh.node.membership.JoinClient;
import io.quicmesh.node.membership.MemberState;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.StateDirectory;
import io.quicmesh.relay.cli.CommandFailedException;
import io.quicmesh.relay.cli.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Joins the network that a token is for. */
@Command(
    name = "join",
    description = {
      "Joins the network that a token is for, with a key that this host makes itself.",
      "Others on this host can read the command line: give the token on standard input with -."
    },
    mixinStandardHelpOptions = true)
final class JoinCommand implements Callable<Integer> {

  private static final int TOKEN_LENGTH_MAX = 16_384;

  @ParentCommand private @Nullable QuicmeshCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "TOKEN|-",
      arity = "0..1",
      defaultValue = "-",
      description = "What invite printed; - reads it from standard input (the default).")
  private String token = "";

  @Override
  public Integer call() throws IOException, MembershipException, CommandFailedException {
    String text = token.equals("-") ? readToken() : token;
    StateDirectory directory = new StateDirectory(Objects.requireNonNull(parent).stateDirectory());
    MemberState state =
        new Membership(directory, InstantSource.system())
            .join(InviteToken.parse(text.strip()), new JoinClient());
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(
        "joined network "
            + state.network().name()
            + " as "
            + state.name()
            + ", "
            + state.address());
    out.flush();
    return ExitCode.DONE;
  }

  private static String readToken() throws IOException, CommandFailedException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = in.readLine();
    if (line == null || line.isBlank() || line.length() > TOKEN_LENGTH_MAX) {
      throw new CommandFailedException(
          ExitCode.USAGE, "no token on standard input: pipe in what invite printed");
    }
    return line;
  }
}
