package io.quicmesh.relay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import io.quicmesh.transport.wire.Fingerprint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayCommandTest {

  @TempDir Path directory = Path.of("");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... args) {
    return RelayCommand.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  private String state() {
    return directory.resolve("state").toString();
  }

  @Test
  void initMakesAKeyOnceAndFingerprintPrintsNothingElse() {
    assertThat(execute("init", "--state-dir", state())).isZero();
    String first = out.toString();
    out.getBuffer().setLength(0);
    assertThat(execute("fingerprint", "--state-dir", state())).isZero();
    String fingerprint = out.toString().strip();

    assertThat(first).isEqualTo(lines("quicmesh-relay: initialised " + state(), fingerprint));
    assertThat(Fingerprint.parse(fingerprint).toString()).isEqualTo(fingerprint);
    out.getBuffer().setLength(0);
    assertThat(execute("--state-dir", state(), "init")).isZero();
    assertThat(out.toString())
        .isEqualTo(lines("quicmesh-relay: already initialised " + state(), fingerprint));
  }

  private static String lines(String first, String fingerprint) {
    return first + "\nfingerprint " + fingerprint + "\n";
  }

  @Test
  void refusesAKeyThatOthersMayRead() throws Exception {
    execute("init", "--state-dir", state());
    Files.setPosixFilePermissions(
        directory.resolve("state/relay.pem"), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(execute("fingerprint", "--state-dir", state())).isEqualTo(1);
    assertOneErrorLine("chmod 600");
  }

  @Test
  void saysWhatToDoWhenThereIsNoKey() {
    assertThat(execute("fingerprint", "--state-dir", state())).isEqualTo(1);
    assertOneErrorLine("run quicmesh-relay init");
  }

  @Test
  void saysThatNoRelayRuns() {
    assertThat(execute("status", "--state-dir", state())).isEqualTo(3);
    assertOneErrorLine("no daemon answers");
    err.getBuffer().setLength(0);
    assertThat(execute("drain", "--state-dir", state())).isEqualTo(3);
    assertOneErrorLine("no daemon answers");
    err.getBuffer().setLength(0);
    assertThat(execute("log", "debug", "--state-dir", state())).isEqualTo(3);
    assertOneErrorLine("no daemon answers");
  }

  @Test
  void wrongUsageIsOneLineAndCode2() {
    assertUsage("a command is needed");
    assertUsage("bogus", "bogus");
    assertUsage("--listen", "run");
    assertUsage("is not ADDR:PORT", "run", "--listen", "here");
    assertUsage("is not ADDR:PORT", "run", "--listen", "::1:4433");
    assertUsage("is not a port", "run", "--listen", "127.0.0.1:70000");
    assertUsage("is no id", "run", "--listen", ":1", "--allow-network", "abc");
    assertUsage("exclude", "run", "--listen", ":1", "--allow-any", "--allow-network", id());
    assertUsage("--grace", "drain", "--grace", "-1");
  }

  private static String id() {
    return Fingerprint.of(new byte[Fingerprint.BYTES]).toString();
  }

  private void assertUsage(String part, String... args) {
    err.getBuffer().setLength(0);
    assertThat(execute(args)).as("%s", (Object) args).isEqualTo(2);
    assertOneErrorLine(part);
  }

  private void assertOneErrorLine(String part) {
    assertThat(err.toString().lines())
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("quicmesh-relay: ").contains(part));
  }

  @Test
  void helpIsThereForEveryCommand() {
    for (String command :
        new String[] {"init", "fingerprint", "run", "status", "drain", "log", "completion"}) {
      out.getBuffer().setLength(0);
      assertThat(execute(command, "--help")).isZero();
      assertThat(out.toString()).contains("Usage: quicmesh-relay " + command);
    }
  }

  @Test
  void readsAddressesAsPeopleWriteThem() {
    RunCommand.AddressConverter converter = new RunCommand.AddressConverter();

    assertThat(NetUtil.toSocketAddressString(converter.convert("127.0.0.1:4433")))
        .isEqualTo("127.0.0.1:4433");
    assertThat(NetUtil.toSocketAddressString(converter.convert("[::1]:0"))).isEqualTo("[::1]:0");
    assertThat(NetUtil.toSocketAddressString(converter.convert(":4433"))).isEqualTo("[::]:4433");
    assertThat(converter.convert("localhost:1").isUnresolved()).isFalse();
  }
}
