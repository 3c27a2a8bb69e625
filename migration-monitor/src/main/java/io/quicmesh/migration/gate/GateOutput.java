package io.quicmesh.migration.gate;

import java.util.Arrays;

/** What the gate wants done. */
public sealed interface GateOutput {

  /** Send a challenge to a source. The cookie's array is the receiver's. */
  @SuppressWarnings("ArrayRecordComponent")
  record Challenge(GateConnection connection, SourceAddress source, long timeSlot, byte[] cookie)
      implements GateOutput {

    @Override
    public boolean equals(Object other) {
      return other instanceof Challenge that
          && connection.equals(that.connection)
          && source.equals(that.source)
          && timeSlot == that.timeSlot
          && Arrays.equals(cookie, that.cookie);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(timeSlot) ^ source.hashCode();
    }
  }

  /** Give the held packet to the codec. */
  record Release(long ticket) implements GateOutput {}

  /** Drop the held packet. */
  record Discard(long ticket) implements GateOutput {}
}
