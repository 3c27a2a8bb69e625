package io.quicmesh.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.relay.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator types wrongly about membership: one line, and the exit code that fits. */
class MembershipCommandsTest {

  private static final String RELAY =
      "127.0.0.1:1#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

  @TempDir Path temporary;
  private Path home;
  private Path nobody;

  @BeforeEach
  void createNetwork() {
    home = temporary.resolve("home");
    nobody = temporary.resolve("nobody");
    assertThat(at(home, "network", "create", "lab", "--node", "home", "--relay", RELAY).exitCode())
        .isEqualTo(ExitCode.DONE);
  }

  @Test
  void aNetworkWithPartsThatCannotBeMeant() {
    refusesCreation("'No Name' is no name", "No Name");
    refusesCreation("--subnet: ", "lab", "--subnet", "10.66.0.0");
    refusesCreation("no room for two hosts", "lab", "--subnet", "10.66.0.0/31");
    refusesCreation(
        "--relay: 'relay:4433' is not HOST:PORT#FINGERPRINT", "lab", "--relay", "relay:4433");
    refusesCreation("cannot be a node's name", "lab", "--node", "No Name");
    refusesCreation("--validity: ", "lab", "--validity", "soon");
    refusesCreation("give another --validity", "lab", "--validity", "1s");
    at(nobody, "invite", "a").assertOneErrorLine(ExitCode.FAILED, "is not a member of a network");
  }

  private void refusesCreation(String part, String... arguments) {
    List<String> all = new ArrayList<>(List.of("network", "create"));
    all.addAll(List.of(arguments));
    if (!all.contains("--node")) {
      all.addAll(List.of("--node", "home"));
    }
    at(nobody, all.toArray(String[]::new)).assertOneErrorLine(ExitCode.USAGE, part);
  }

  @Test
  void aSecondNetworkInOneDirectory() {
    at(home, "network", "create", "other", "--node", "home")
        .assertOneErrorLine(ExitCode.FAILED, "holds a member of network lab already");
  }

  @Test
  void anInvitationThatCannotBe() {
    at(home, "invite", "No Name").assertOneErrorLine(ExitCode.USAGE, "a name has 1 to 63 of");
    at(home, "invite", "home").assertOneErrorLine(ExitCode.FAILED, "a member has this name");
    at(home, "invite", "a", "--address", "10.99.0.1/24")
        .assertOneErrorLine(ExitCode.FAILED, "not one of the network's subnet");
    at(home, "invite", "a", "--address", "10.66.0.1/24")
        .assertOneErrorLine(ExitCode.FAILED, "belongs to another member");
    at(home, "invite", "a", "--address", "here").assertOneErrorLine(ExitCode.USAGE, "here");
    at(home, "invite", "a", "--ttl", "90d").assertOneErrorLine(ExitCode.USAGE, "at most 30 days");
    at(home, "invite", "a", "--ttl", "soon").assertOneErrorLine(ExitCode.USAGE, "soon");
    at(nobody, "invite", "a").assertOneErrorLine(ExitCode.FAILED, "is not a member of a network");
  }

  @Test
  void aTokenThatIsNone() {
    String token = at(home, "invite", "alice").out().strip();
    at(nobody, "join", "hello").assertOneErrorLine(ExitCode.USAGE, "this is no token");
    at(nobody, "join", "qm9_" + token.substring(4))
        .assertOneErrorLine(ExitCode.USAGE, "another version of quicmesh");
    at(nobody, "join", token.substring(0, token.length() - 5))
        .assertOneErrorLine(ExitCode.NOT_AUTHORISED, "the token is damaged");
    at(home, "join", token)
        .assertOneErrorLine(ExitCode.FAILED, "holds the registrar of network lab already");
    assertThat(nobody).doesNotExist();
  }

  @Test
  void aRelayThatIsNotThere() {
    String token = at(home, "invite", "alice").out().strip();

    at(nobody, "join", token)
        .assertOneErrorLine(ExitCode.TIMED_OUT, "relay 127.0.0.1:1 is not reached");
  }

  @Test
  void aRevocationOfNobody() {
    at(home, "revoke", "bob").assertOneErrorLine(ExitCode.FAILED, "no member or invitation");
    at(home, "revoke", "home")
        .assertOneErrorLine(ExitCode.FAILED, "the registrar cannot revoke itself");
    at(nobody, "revoke", "bob").assertOneErrorLine(ExitCode.FAILED, "is not a member of a network");
  }

  @Test
  void aKeyThatCannotBeReplaced() {
    at(home, "rotate-key")
        .assertOneErrorLine(ExitCode.FAILED, "the registrar's own key cannot be replaced");
    at(nobody, "rotate-key").assertOneErrorLine(ExitCode.FAILED, "is not a member of a network");
  }

  @Test
  void keysThatOthersMayRead() throws Exception {
    Files.setPosixFilePermissions(
        home.resolve("node.pem"), PosixFilePermissions.fromString("rw-r--r--"));
    at(home, "invite", "a").assertOneErrorLine(ExitCode.FAILED, "chmod 600");
    Files.setPosixFilePermissions(
        home.resolve("node.pem"), PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));

    at(home, "invite", "a").assertOneErrorLine(ExitCode.FAILED, "chmod 700");
  }

  @Test
  void filesThatAreDamaged() throws Exception {
    Files.writeString(home.resolve("network.json"), "{");
    at(home, "invite", "a").assertOneErrorLine(ExitCode.FAILED, "network.json is damaged");
  }

  private static CommandLineRun at(Path state, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--state-dir", state.toString()));
    all.addAll(List.of(arguments));
    return CommandLineRun.of(all.toArray(String[]::new));
  }
}
