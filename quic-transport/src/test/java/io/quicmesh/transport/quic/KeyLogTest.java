package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyLogTest {

  private static final String RANDOM = "[0-9a-f]{64}";

  /** As long as the hash of the cipher suite, SHA-256 or SHA-384. */
  private static final String SECRET = "([0-9a-f]{64}|[0-9a-f]{96})";

  private final TestNetwork network = new TestNetwork();
  @TempDir Path temporary = Path.of("");

  @Test
  void bothEndsOfAConnectionWriteItsSecretsUnderItsRandom() throws Exception {
    Path ofA = temporary.resolve("a.keys");
    Path ofB = temporary.resolve("b.keys");
    try (TestHost a = TestHost.member(network, TestHost.onLoopback().withKeyLog(ofA));
        TestHost b = TestHost.member(network, TestHost.onLoopback().withKeyLog(ofB))) {
      a.dial(b, network.anyMember());
      b.accepted();
      a.awaitWorkers();
      b.awaitWorkers();
    }

    List<String> lines = Files.readAllLines(ofA);
    assertThat(lines).anyMatch(line -> line.matches(secret("CLIENT_TRAFFIC_SECRET_0")));
    assertThat(lines).anyMatch(line -> line.matches(secret("SERVER_TRAFFIC_SECRET_0")));
    assertThat(lines.stream().map(line -> line.split(" ", -1)[1]).distinct()).hasSize(1);
    assertThat(lines).hasSameElementsAs(Files.readAllLines(ofB));
  }

  private static String secret(String label) {
    return label + " " + RANDOM + " " + SECRET;
  }

  @Test
  void appendsToAFileThatOnlyItsOwnerMayUse() throws Exception {
    Path file = temporary.resolve("keys");
    for (int connection = 0; connection < 2; connection++) {
      try (TestHost a = TestHost.member(network, TestHost.onLoopback().withKeyLog(file));
          TestHost b = TestHost.member(network)) {
        a.dial(b, network.anyMember());
        a.awaitWorkers();
      }
    }

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readAllLines(file))
        .filteredOn(line -> line.startsWith("CLIENT_TRAFFIC_SECRET_0 "))
        .hasSize(2);
  }

  @Test
  void aFileThatOthersMayReadIsRefused() throws IOException {
    Path file = temporary.resolve("keys");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));

    assertThatThrownBy(() -> KeyLog.open(file, Runnable::run))
        .hasMessageStartingWith("no key log: ")
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aFileThatCannotBeMadeKeepsTheEndpointFromStarting() {
    Path file = temporary.resolve("missing/keys");

    assertThatThrownBy(() -> TestHost.member(network, TestHost.onLoopback().withKeyLog(file)))
        .rootCause()
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> KeyLog.open(file, Runnable::run))
        .hasMessage(
            "no key log: cannot write %s: its directory does not exist; mend that, or quic.key-log"
                .formatted(file));
  }
}
