package io.quicmesh.migration;

import org.jspecify.annotations.Nullable;

/** What {@link CarrierChoice} wants done. */
public sealed interface ChoiceOutput {

  /**
   * Hand the session's lanes over.
   *
   * @param from the carrier in use, null if there is none
   */
  record Move(@Nullable CarrierId from, CarrierId to, HandoverCause cause, Decision decision)
      implements ChoiceOutput {}
}
