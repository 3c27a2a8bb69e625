package io.quicmesh.migration;

/** What {@link WarmRelays} wants done. */
public sealed interface WarmRelaysOutput {

  /** Open a connection to this relay. */
  record Connect(String relay) implements WarmRelaysOutput {}

  /** Close the connection to this relay once no session uses it: better ones are up. */
  record Release(String relay) implements WarmRelaysOutput {}
}
