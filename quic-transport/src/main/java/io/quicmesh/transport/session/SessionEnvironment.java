package io.quicmesh.transport.session;

import io.netty.buffer.ByteBufAllocator;

/** The world around a session: clock, alarm, randomness, memory, handshakes. */
public interface SessionEnvironment {

  /** Monotonic time. */
  long nowNanos();

  /** Asks for a call of {@link Session#handleAlarm} at this time, in place of any asked before. */
  void setAlarm(long atNanos);

  /** Fills an array with unpredictable bytes. */
  void fillRandom(byte[] bytes);

  /** Where buffers come from. */
  ByteBufAllocator allocator();

  /** A bound that all sessions of the node share. */
  FlightBudget flightBudget();

  /** A new end-to-end handshake with the session's peer. */
  KeyExchange newKeyExchange(boolean client, KeyExchange.Listener listener);
}
