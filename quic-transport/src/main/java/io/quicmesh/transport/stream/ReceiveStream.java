package io.quicmesh.transport.stream;

import io.netty.buffer.ByteBuf;

/** The receiving part of a unidirectional stream (RFC 9000, section 2). Owned by the event loop. */
public interface ReceiveStream {

  /** Replaces the listener. Bytes that came before the first listener wait for it. */
  void setListener(Listener listener);

  /** No more {@link Listener#read} until {@link #resume}; flow control then slows the sender. */
  void pause();

  /** Continues after {@link #pause}. */
  void resume();

  /** Asks the sender to stop; nothing is read any more. */
  void stop(int code);

  /** What the owner of a receiving stream is told, on the event loop. */
  interface Listener {

    /**
     * Bytes in order, collected over one I/O event.
     *
     * @param data owned, and so released, by the listener
     */
    void read(ByteBuf data);

    /** The stream ended in order; nothing follows. */
    void finished();

    /** The stream was reset, or its connection ended. Called at most once, never after finished. */
    void closed(String cause);
  }
}
