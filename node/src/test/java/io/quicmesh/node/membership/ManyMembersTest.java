package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of a hundred members; prints what each command takes at its registrar. */
class ManyMembersTest {

  private static final int MEMBERS = 100;

  @TempDir(factory = MemoryFileSystem.class)
  Path temporary;

  /** A command whose time is taken. */
  private interface Command {
    void run() throws Exception;
  }

  @Test
  void aHundredMembersAreInvitedJoinRenewAndAreRevoked() throws Exception {
    TestHost home = new TestHost(temporary.resolve("home"));
    home.createNetwork();
    List<TestHost> hosts = new ArrayList<>();
    List<InviteToken> tokens = new ArrayList<>();
    List<Double> invited = new ArrayList<>();
    List<Double> joined = new ArrayList<>();
    List<Double> renewed = new ArrayList<>();
    List<Double> revoked = new ArrayList<>();

    for (int i = 0; i < MEMBERS; i++) {
      String name = "member-" + i;
      TestHost host = new TestHost(temporary.resolve(name));
      hosts.add(host);
      invited.add(millis(() -> tokens.add(home.invite(name))));
      joined.add(millis(() -> host.membership().join(tokens.get(tokens.size() - 1), home.link())));
    }
    for (TestHost host : hosts) {
      renewed.add(millis(() -> host.membership().renew(home.link())));
    }
    for (int i = 0; i < MEMBERS; i++) {
      String name = "member-" + i;
      revoked.add(millis(() -> home.membership().revoke(name)));
    }

    print("invite", invited);
    print("join", joined);
    print("renew", renewed);
    print("revoke", revoked);
    assertThat(home.membership().registrar().orElseThrow().state().members()).hasSize(1);
    assertThat(home.membership().registrar().orElseThrow().state().revoked()).hasSize(MEMBERS);
  }

  private static double millis(Command command) throws Exception {
    long begin = System.nanoTime();
    command.run();
    return (System.nanoTime() - begin) / 1e6;
  }

  private static void print(String command, List<Double> millis) {
    double last = millis.get(millis.size() - 1);
    Collections.sort(millis);
    System.out.printf(
        Locale.ROOT,
        "%s: median %.1f ms, longest %.1f ms, the last %.1f ms of %d%n",
        command,
        millis.get(millis.size() / 2),
        millis.get(millis.size() - 1),
        last,
        millis.size());
  }
}
