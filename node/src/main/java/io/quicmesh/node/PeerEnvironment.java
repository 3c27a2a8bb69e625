package io.quicmesh.node;

import io.netty.buffer.ByteBufAllocator;
import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.session.KeyExchange;
import io.quicmesh.transport.session.SessionEnvironment;

/** What the node lends to a peer's session. Loop-owned. */
final class PeerEnvironment implements SessionEnvironment {

  private final NodeContext context;
  private final PeerHandshake handshake;
  private final LoopAlarm alarm;

  PeerEnvironment(NodeContext context, PeerHandshake handshake, LoopAlarm alarm) {
    this.context = context;
    this.handshake = handshake;
    this.alarm = alarm;
  }

  @Override
  public long nowNanos() {
    return context.nowNanos();
  }

  @Override
  public void setAlarm(long atNanos) {
    alarm.setAt(atNanos);
  }

  @Override
  public void fillRandom(byte[] bytes) {
    context.random().nextBytes(bytes);
  }

  @Override
  public ByteBufAllocator allocator() {
    return context.allocator();
  }

  @Override
  public FlightBudget flightBudget() {
    return context.flightBudget();
  }

  @Override
  public KeyExchange newKeyExchange(boolean client, KeyExchange.Listener listener) {
    return handshake.begin(client, listener);
  }
}
