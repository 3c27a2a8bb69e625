package io.quicmesh.migration;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a handover is for.
 *
 * @param from the carrier in use when it began, or the last one; null if there was none
 * @param fromDead whether that carrier was gone already
 * @param toKind the kind of carrier to move to
 * @param toName the carrier's name, null for any of the kind
 * @param cause why
 */
record HandoverGoal(
    @Nullable CarrierId from,
    boolean fromDead,
    CarrierKind toKind,
    @Nullable String toName,
    HandoverCause cause) {

  /** Whether a carrier is one that was wanted; a direct one has no name before it is up. */
  boolean accepts(CarrierId carrier) {
    boolean named = toName == null || toName.equals(carrier.name());
    return carrier.kind() == toKind && (toKind == CarrierKind.DIRECT || named);
  }

  boolean wantsSameAs(HandoverGoal other) {
    return toKind == other.toKind && Objects.equals(toName, other.toName);
  }

  HandoverState closingState() {
    return from != null && from.kind() == CarrierKind.DIRECT
        ? HandoverState.CLOSING_DIRECT
        : HandoverState.CLOSING_RELAY;
  }
}
