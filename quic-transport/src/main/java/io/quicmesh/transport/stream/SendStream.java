package io.quicmesh.transport.stream;

import io.netty.buffer.ByteBuf;

/**
 * The sending part of a unidirectional stream (RFC 9000, section 2). Owned by the event loop.
 *
 * <p>A write is sent at once: whoever has many small pieces joins them first.
 */
public interface SendStream {

  /**
   * Sends bytes, or keeps what the connection cannot take yet and sends it as soon as it can.
   *
   * @param data released by the stream, also when the stream is already closed
   */
  void write(ByteBuf data);

  /** Whether the connection would take more bytes now (congestion and flow-control windows). */
  boolean isWritable();

  /** Bytes that were written and not yet taken by the connection. */
  long pendingBytes();

  /** Replaces the listener; a closed stream tells its new listener so at once. */
  void setListener(Listener listener);

  /** Ends the stream in order, after what was written. */
  void finish();

  /** Ends the stream abruptly; what was not sent is dropped. */
  void reset(int code);

  /** What the owner of a sending stream is told, on the event loop. */
  interface Listener {

    /** {@link SendStream#isWritable()} turned true. */
    void writable();

    /** The peer stopped the stream, or its connection ended. Called at most once. */
    void closed(String cause);
  }
}
