package io.quicmesh.relay.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/drain}.
 *
 * @param graceSeconds when the relay stops even if nodes are left; null for the default
 */
record DrainRequest(@JsonProperty("grace_s") @Nullable Integer graceSeconds) {

  static final int GRACE_SECONDS_MAX = 24 * 60 * 60;
  static final int GRACE_SECONDS = 30;
}
