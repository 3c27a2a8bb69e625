package io.quicmesh.migration;

/**
 * Where a session stands between its carriers. Three states are at rest; the others belong to the
 * five steps of a handover.
 */
public enum HandoverState {
  /** At rest without any carrier. */
  NO_CARRIER(0),
  /** At rest on a circuit. */
  RELAY_ONLY(0),
  /** Step 1: the port is bound and candidates are gathered. */
  STARTING_LISTENER(1),
  /** Step 2: the new carrier is set up. */
  CONNECTING(2),
  /** Step 3: the session is proved on the new carrier. */
  RESUMING(3),
  /** Step 4: our lanes are cut and go on on the new carrier. */
  MIGRATING(4),
  /** Step 4: the peer's lanes follow. */
  SWITCHING(4),
  /** Step 5: the session's streams through the relay end; the relay connection stays. */
  CLOSING_RELAY(5),
  /** Step 5: the session's streams on the direct carrier end. */
  CLOSING_DIRECT(5),
  /** At rest on a direct carrier. */
  DIRECT(0);

  /** How many steps a handover has. */
  public static final int STEPS = 5;

  private final int step;

  HandoverState(int step) {
    this.step = step;
  }

  /** The step that the state belongs to, 1 to 5; 0 at rest. */
  public int step() {
    return step;
  }
}
