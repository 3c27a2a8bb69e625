package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quicmesh.node.registrar.Member;
import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.transport.identity.WriteSteps;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command about membership is ended at each of its writes in turn, once as by kill -9 and
 * once by a full disk; then the same command is run again and must come to its end.
 */
class InterruptionTest {

  @TempDir(factory = MemoryFileSystem.class)
  Path temporary;

  /** A command, by a process that may be interrupted. */
  private interface Command {
    void run(Membership membership) throws MembershipException;
  }

  /** What must hold when the command has come to its end. */
  private interface Check {
    void run() throws MembershipException;
  }

  /** The host whose process is interrupted, what it does, and what must come of it. */
  private record Scenario(TestHost actor, Command command, Check check) {}

  /** Brings the hosts to the moment before the command. */
  private interface Preparation {
    Scenario prepare(TestHost home, TestHost alice) throws MembershipException;
  }

  @Test
  void aNetworkIsMadeByTheNextAttempt() throws Exception {
    interruptEverywhere(
        (home, alice) ->
            new Scenario(
                home,
                membership -> {
                  if (!membership.isMember()) {
                    TestHost.createNetwork(membership);
                  }
                },
                () -> {
                  assertThat(home.membership().open().isRegistrar()).isTrue();
                  MemberState joined = alice.membership().join(home.invite("alice"), home.link());
                  assertThat(joined.address()).hasToString("10.66.0.2/24");
                }));
  }

  @Test
  void aHostHasJoinedAfterTheNextAttempt() throws Exception {
    interruptEverywhere(
        (home, alice) -> {
          home.createNetwork();
          InviteToken token = home.invite("alice");
          return new Scenario(
              alice,
              membership -> membership.join(token, home.link()),
              () -> assertMembers(home, alice));
        });
  }

  @Test
  void aHostHasJoinedEvenIfTheRegistrarDiedOverIt() throws Exception {
    interruptEverywhere(
        (home, alice) -> {
          home.createNetwork();
          InviteToken token = home.invite("alice");
          return new Scenario(
              home,
              registrar -> alice.membership().join(token, home.link(registrar)),
              () -> assertMembers(home, alice));
        });
  }

  @Test
  void anInvitationIsMadeByTheNextAttempt() throws Exception {
    interruptEverywhere(
        (home, alice) -> {
          home.createNetwork();
          AtomicReference<InviteToken> token = new AtomicReference<>();
          return new Scenario(
              home,
              registrar ->
                  token.set(
                      registrar.invite(new Registrar.Wish("alice", null, Duration.ofHours(1)))),
              () -> {
                alice.membership().join(Objects.requireNonNull(token.get()), home.link());
                assertMembers(home, alice);
              });
        });
  }

  @Test
  void aMemberHasRenewedAfterTheNextAttempt() throws Exception {
    interruptEverywhere(
        (home, alice) -> {
          home.createNetwork();
          alice.membership().join(home.invite("alice"), home.link());
          alice.advance(Duration.ofDays(20));
          home.advance(Duration.ofDays(20));
          return new Scenario(
              alice,
              membership -> membership.renew(home.link()),
              () -> {
                assertMembers(home, alice);
                assertThat(alice.membership().open().transport().notAfter())
                    .isEqualTo(TestHost.START.plus(Duration.ofDays(50)));
              });
        });
  }

  @Test
  void aKeyIsRotatedByTheNextAttempt() throws Exception {
    interruptEverywhere(
        (home, alice) -> {
          home.createNetwork();
          MemberState before = alice.membership().join(home.invite("alice"), home.link());
          return new Scenario(
              alice,
              membership -> membership.rotateKey(home.link()),
              () -> {
                assertMembers(home, alice);
                assertThat(
                        home.membership()
                            .revocations()
                            .contains(before.network().id(), before.id()))
                    .isTrue();
              });
        });
  }

  @Test
  void aMemberIsRevokedByTheNextAttempt() throws Exception {
    interruptEverywhere(
        (home, alice) -> {
          home.createNetwork();
          MemberState joined = alice.membership().join(home.invite("alice"), home.link());
          return new Scenario(
              home,
              registrar -> registrar.revoke("alice"),
              () ->
                  assertThat(
                          home.membership()
                              .revocations()
                              .contains(joined.network().id(), joined.id()))
                      .isTrue());
        });
  }

  private void interruptEverywhere(Preparation preparation) throws Exception {
    TestHost home = new TestHost(temporary.resolve("home"));
    TestHost alice = new TestHost(temporary.resolve("alice"));
    Scenario scenario = preparation.prepare(home, alice);
    Snapshot before = Snapshot.of(home.path(), alice.path());
    List<String> steps = new ArrayList<>();
    scenario.command.run(
        scenario.actor.membership(
            step -> steps.add(step.name() + " " + step.file().getFileName())));
    scenario.check.run();
    assertThat(steps).isNotEmpty();
    for (int step = 0; step < steps.size(); step++) {
      for (Fault fault : Fault.values()) {
        before.restore();
        interrupt(scenario, fault, step, fault + " before step " + step + ", " + steps.get(step));
      }
    }
  }

  private static void interrupt(Scenario scenario, Fault fault, int step, String where)
      throws MembershipException {
    Membership interrupted = scenario.actor.membership(fault.at(step));

    Throwable end = catchThrowable(() -> scenario.command.run(interrupted));

    if (end instanceof MembershipException said) {
      assertThat(said.oneLine()).as(where).isNotBlank().doesNotContain("\n");
    }
    if (end != null) {
      assertThatCode(() -> scenario.command.run(scenario.actor.membership()))
          .as("again after " + where)
          .doesNotThrowAnyException();
    }
    scenario.check.run();
  }

  private static void assertMembers(TestHost home, TestHost alice) throws MembershipException {
    MemberState state = alice.membership().open();
    List<Member> members = home.membership().registrar().orElseThrow().state().members();
    assertThat(members).extracting(Member::name).containsExactlyInAnyOrder("home", "alice");
    assertThat(members).extracting(Member::key).contains(state.id());
    assertThat(alice.path().toFile().list())
        .doesNotContain("joining.pem", "rotating.pem")
        .contains("node.pem", "network.json");
  }

  /** How a process is interrupted. */
  private enum Fault {
    KILLED,
    DISK_FULL;

    WriteSteps at(int number) {
      AtomicInteger count = new AtomicInteger();
      return step -> {
        if (count.getAndIncrement() < number) {
          return;
        }
        if (this == KILLED) {
          throw new IllegalStateException("killed");
        }
        throw new FileSystemException(null, null, "No space left on device");
      };
    }
  }
}
