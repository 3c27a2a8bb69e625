package io.quicmesh.migration;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reports of handovers that ended, for tests of who hears of them. */
final class Reports {

  private Reports() {}

  static HandoverReport ended(
      @Nullable CarrierId to,
      @Nullable CarrierId nowOn,
      HandoverResult result,
      HandoverCause cause) {
    return new HandoverReport(
        null,
        to == null ? CarrierKind.DIRECT : to.kind(),
        to,
        cause,
        false,
        result,
        null,
        HandoverState.CLOSING_RELAY,
        List.of(),
        0,
        0,
        nowOn);
  }
}
