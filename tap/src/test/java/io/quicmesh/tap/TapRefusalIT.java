package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads when the host does not allow a TAP device. */
final class TapRefusalIT {
  private Namespace host;

  @BeforeEach
  void makeHost() throws Exception {
    host = new Namespace("refusal");
  }

  @AfterEach
  void removeHost() throws Exception {
    host.close();
  }

  @Test
  void opensInAProcessThatMay() throws Exception {
    assertThat(host.exec(openDevice())).contains("opened qtap0");
    assertThat(host.ip("link")).doesNotContain("qtap0");
  }

  @Test
  void namesTheCapabilityThatIsMissing() throws Exception {
    String without = "setpriv --bounding-set -net_admin --inh-caps -net_admin ";

    assertThat(host.exec(without + openDevice()))
        .contains(
            "refused: cannot make the TAP device qtap%d: no permission; "
                + "run as root or with CAP_NET_ADMIN");
  }

  @Test
  void namesTheFileThatMayNotBeOpened() throws Exception {
    String script =
        """
        mount -t tmpfs -o nodev none /dev/net
        mknod /dev/net/tun c 10 200
        """;

    assertThat(openDeviceAfter(script))
        .contains("refused: cannot open /dev/net/tun: no permission; run as root or with CAP_NET");
  }

  @Test
  void namesTheDriverThatIsMissing() throws Exception {
    assertThat(openDeviceAfter("mount -t tmpfs none /dev/net\n"))
        .contains(
            "refused: cannot open /dev/net/tun: the kernel's tun driver is not there; "
                + "load it with \"modprobe tun\"");
  }

  /** Runs a script in a mount namespace of its own first. */
  private String openDeviceAfter(String script) throws Exception {
    Path file = Files.createTempFile("open-device", ".sh");
    try {
      Files.writeString(file, "set -e\n" + script + "exec " + openDevice() + "\n");
      return host.exec("unshare -m sh " + file);
    } finally {
      Files.delete(file);
    }
  }

  private static String openDevice() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    return java + " -XX:TieredStopAtLevel=1 -cp " + classPath + " io.quicmesh.tap.OpenDevice";
  }
}
