package io.quicmesh.transport.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.session.KeyRotation.Step;
import org.junit.jupiter.api.Test;

final class KeyRotationTest {

  private final KeyRotation keys = new KeyRotation(10, 35, 0);

  @Test
  void ratchetsAtEveryRotationAndRenewsAtEveryRenewal() {
    assertThat(keys.nextDeadlineNanos()).isEqualTo(10);
    assertThat(keys.handleDeadline(9)).isEqualTo(Step.NOTHING);
    assertThat(keys.handleDeadline(10)).isEqualTo(Step.RATCHET);
    assertThat(keys.handleDeadline(20)).isEqualTo(Step.RATCHET);
    assertThat(keys.handleDeadline(30)).isEqualTo(Step.RATCHET);
    assertThat(keys.nextDeadlineNanos()).isEqualTo(35);
    assertThat(keys.handleDeadline(36)).isEqualTo(Step.RENEW);
    assertThat(keys.nextDeadlineNanos()).isEqualTo(46);
  }

  @Test
  void takesTheShorterIntervalOfBothSides() {
    keys.handlePeerRotation(4, 2);
    assertThat(keys.nextDeadlineNanos()).isEqualTo(6);
    keys.handlePeerRotation(50, 2);
    assertThat(keys.nextDeadlineNanos()).isEqualTo(6);
  }

  @Test
  void countsFromAFreshSecret() {
    keys.handleFreshSecret(7);
    assertThat(keys.handleDeadline(16)).isEqualTo(Step.NOTHING);
    assertThat(keys.handleDeadline(17)).isEqualTo(Step.RATCHET);
  }
}
