package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.node.membership.MembershipException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewalKeeperTest {

  @TempDir(factory = MemoryFileSystem.class)
  Path temporary;

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final List<MemberState> renewed = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private TestHost home;
  private TestHost alice;
  private boolean registrarIsUp = true;

  @BeforeEach
  void joinNetwork() throws Exception {
    home = new TestHost(temporary.resolve("home"));
    alice = new TestHost(temporary.resolve("alice"));
    home.createNetwork();
    alice.membership().join(home.invite("alice"), home.link());
  }

  @AfterEach
  void stopThread() {
    thread.shutdownNow();
  }

  @Test
  void renewsAfterTwoThirdsOfTheValidity() throws Exception {
    RenewalKeeper keeper = keeper();

    Duration early = keeper.look(at(Duration.ofDays(1)));
    assertThat(renewed).isEmpty();
    assertThat(early).isBetween(Duration.ofDays(18), Duration.ofDays(22));

    Duration late = keeper.look(at(Duration.ofDays(23)));
    assertThat(renewed).hasSize(1);
    assertThat(renewed.get(0).transport().notAfter())
        .isEqualTo(TestHost.START.plus(Duration.ofDays(53)));
    assertThat(late).isGreaterThan(Duration.ofDays(18));
  }

  @Test
  void asksAgainWhenTheRegistrarWasNotUp() throws Exception {
    RenewalKeeper keeper = keeper();
    registrarIsUp = false;

    assertThat(keeper.look(at(Duration.ofDays(23)))).isEqualTo(Duration.ofHours(1));
    assertThat(renewed).isEmpty();
    assertThat(problems)
        .containsExactly(
            "this host's certificate expires at 2026-12-20T12:00:00Z and is not renewed:"
                + " the registrar is not up");

    registrarIsUp = true;
    keeper.look(at(Duration.ofDays(23).plus(Duration.ofHours(1))));
    assertThat(renewed).hasSize(1);
  }

  @Test
  void renewsAtOnceWhatHasExpiredWhileTheHostWasOff() throws Exception {
    keeper().look(at(Duration.ofDays(100)));

    assertThat(renewed).hasSize(1);
    assertThat(alice.membership().open()).isEqualTo(renewed.get(0));
  }

  private Instant at(Duration sinceStart) {
    Duration step = Duration.between(alice.clock().instant(), TestHost.START.plus(sinceStart));
    alice.advance(step);
    home.advance(step);
    return alice.clock().instant();
  }

  private RenewalKeeper keeper() throws MembershipException {
    RenewalKeeper.Listener listener =
        new RenewalKeeper.Listener() {
          @Override
          public void renewed(MemberState state) {
            renewed.add(state);
          }

          @Override
          public void notRenewed(String oneLine) {
            problems.add(oneLine);
          }
        };
    RegistrarLink link =
        call -> {
          if (!registrarIsUp) {
            throw new MembershipException(Kind.NOT_THERE, "the registrar is not up");
          }
          return home.link().exchange(call);
        };
    return new RenewalKeeper(alice.membership(), link, alice.clock(), thread, listener);
  }
}
