package io.quicmesh.transport.identity;

import java.util.concurrent.Executor;

/** Makes the ends of secure channels; see {@link EndToEndTlsWorker}. */
public interface SecureChannels extends AutoCloseable {

  /**
   * A channel's end that begins the handshake.
   *
   * @param executor the event loop that owns the channel; the listener is called on it, in order
   */
  SecureChannel client(
      EndToEndTls.Settings settings, Executor executor, SecureChannel.Listener listener);

  /** A channel's end that answers; see {@link #client}. */
  SecureChannel server(
      EndToEndTls.Settings settings, Executor executor, SecureChannel.Listener listener);

  /** Channels hear nothing any more. */
  @Override
  void close();
}
