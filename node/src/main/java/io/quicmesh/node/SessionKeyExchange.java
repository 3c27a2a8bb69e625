package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.identity.SecureChannel;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.session.KeyExchange;
import io.quicmesh.transport.wire.CloseCode;
import java.util.function.Consumer;
import java.util.function.Function;

/** A session's handshake as an end-to-end TLS channel on the worker. Loop-owned. */
final class SessionKeyExchange implements KeyExchange, SecureChannel.Listener {

  private final KeyExchange.Listener listener;
  private final Consumer<VerifiedPeer> verified;
  private final SecureChannel channel;

  /**
   * @param verified told who the peer is, before the listener hears of the secret
   * @param open makes the channel of its listener
   */
  SessionKeyExchange(
      KeyExchange.Listener listener,
      Consumer<VerifiedPeer> verified,
      Function<SecureChannel.Listener, SecureChannel> open) {
    this.listener = listener;
    this.verified = verified;
    this.channel = open.apply(this);
  }

  @Override
  public void start() {
    channel.start();
  }

  @Override
  public void receive(ByteBuf bytes) {
    channel.receive(bytes);
  }

  @Override
  public void send(byte[] message) {
    channel.send(message);
  }

  @Override
  public void close() {
    channel.close();
  }

  @Override
  public void transmit(byte[] bytes) {
    listener.transmit(bytes);
  }

  @Override
  public void established(VerifiedPeer peer, byte[] secret) {
    verified.accept(peer);
    listener.established(secret);
  }

  @Override
  public void message(byte[] message) {
    listener.message(message);
  }

  @Override
  public void failed(CloseCode code, String reason) {
    listener.failed(code, reason);
  }
}
