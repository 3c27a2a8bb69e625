package io.quicmesh.monitor;

import io.quicmesh.monitor.api.Facts;
import java.util.concurrent.CompletionStage;

/**
 * Where the admin server gets what it shows: the node, or the relay. Asked at most {@link
 * FactsCache#MAX_PER_SECOND} times a second whatever number of clients looks on.
 */
public interface FactsSource {
  /**
   * An immutable snapshot of now. Called on the admin thread: the implementation posts to its own
   * event loop and completes the stage there.
   */
  CompletionStage<? extends Facts> facts();
}
