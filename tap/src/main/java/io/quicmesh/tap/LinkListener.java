package io.quicmesh.tap;

import io.quicmesh.tap.link.LinkChange;
import io.quicmesh.tap.link.LinkSnapshot;

/** Learns how the host's links changed. Called on the watcher's event loop. */
@FunctionalInterface
public interface LinkListener {
  /**
   * The first call tells everything that there is; later ones come only when something changed.
   *
   * @param snapshot how it is now
   * @param change what differs from the call before
   */
  void linksChanged(LinkSnapshot snapshot, LinkChange change);
}
