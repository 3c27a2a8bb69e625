package io.quicmesh.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class DirectReplacementTest {

  private static final long NOW = 1_000_000_000;

  private final DirectReplacement replacement = new DirectReplacement();

  @Test
  void clientReplacesWornConnectionAtOnce() {
    replacement.handleUp("a", true, NOW);
    replacement.handleWorn("a", NOW);
    assertEquals("a", replacement.poll(NOW));
    assertNull(replacement.poll(NOW), "dialled once only");
  }

  @Test
  void serverWaitsForTheClient() {
    replacement.handleUp("a", false, NOW);
    replacement.handleWorn("a", NOW);
    assertNull(replacement.poll(NOW));
    assertEquals(NOW + DirectReplacement.SERVER_WAIT_NANOS, replacement.nextDeadlineNanos());
    assertEquals("a", replacement.poll(NOW + DirectReplacement.SERVER_WAIT_NANOS));
  }

  @Test
  void serverDialsNothingIfTheClientDid() {
    replacement.handleUp("a", false, NOW);
    replacement.handleWorn("a", NOW);
    replacement.handleUp("b", false, NOW + 1);
    assertNull(replacement.poll(NOW + 2 * DirectReplacement.SERVER_WAIT_NANOS));
    replacement.handleDown("b");
    assertEquals("a", replacement.poll(NOW + 2 * DirectReplacement.SERVER_WAIT_NANOS));
  }

  @Test
  void serverThatMovedDialsAtOnceThoughItWaited() {
    replacement.handleUp("a", false, NOW);
    replacement.handleWorn("a", NOW);
    replacement.handleServerMoved("a", NOW + 1);
    assertEquals("a", replacement.poll(NOW + 1));
  }

  @Test
  void toldAgainItDoesNotBeginToWaitAnew() {
    replacement.handleUp("a", false, NOW);
    replacement.handleWorn("a", NOW);
    replacement.handleWorn("a", NOW + 1);
    assertEquals(NOW + DirectReplacement.SERVER_WAIT_NANOS, replacement.nextDeadlineNanos());
  }

  @Test
  void serverWaitsLessForAConnectionThatIsStuck() {
    replacement.handleUp("a", false, NOW);
    replacement.handleWorn("a", NOW);
    replacement.handleStuck("a", NOW + 1);
    long due = NOW + 1 + DirectReplacement.SERVER_WAIT_STUCK_NANOS;
    assertEquals(due, replacement.nextDeadlineNanos());
  }

  @Test
  void failedDialIsMadeAgain() {
    replacement.handleUp("a", true, NOW);
    replacement.handleWorn("a", NOW);
    replacement.poll(NOW);
    replacement.handleDialFailed("a", NOW + 5);
    assertNull(replacement.poll(NOW + 5));
    assertEquals("a", replacement.poll(NOW + 5 + DirectReplacement.AGAIN_NANOS));
  }

  @Test
  void nothingIsDialledForAConnectionThatEnded() {
    replacement.handleUp("a", true, NOW);
    replacement.handleWorn("a", NOW);
    replacement.handleDown("a");
    replacement.handleDialFailed("a", NOW);
    assertNull(replacement.poll(NOW + DirectReplacement.AGAIN_NANOS));
    assertEquals(Deadlines.NEVER, replacement.nextDeadlineNanos());
  }

  @Test
  void preferredClientTakesTheRoleBackWhenAllIsQuiet() {
    replacement.handlePreferred(true);
    replacement.handleUp("a", false, NOW);
    replacement.handleMigrated("a", NOW + 7);
    assertNull(replacement.poll(NOW + DirectReplacement.ROLE_QUIET_NANOS));
    assertEquals("a", replacement.poll(NOW + 7 + DirectReplacement.ROLE_QUIET_NANOS));
  }

  @Test
  void preferredClientThatCannotTakeTheRoleAsksRarely() {
    replacement.handlePreferred(true);
    replacement.handleUp("a", false, NOW);
    long first = NOW + DirectReplacement.ROLE_QUIET_NANOS;
    assertEquals("a", replacement.poll(first));
    replacement.handleDialFailed("a", first);
    assertEquals(first + DirectReplacement.ROLE_AGAIN_NANOS, replacement.nextDeadlineNanos());
  }

  @Test
  void whoeverIsNotPreferredLeavesTheRolesAlone() {
    replacement.handleUp("a", false, NOW);
    assertEquals(Deadlines.NEVER, replacement.nextDeadlineNanos());
  }
}
