package io.quicmesh.transport.identity;

import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.CloseCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Remembers what a channel told its owner, and passes bytes on to the target if there is one. */
final class RecordedChannel implements SecureChannel.Listener {

  final Queue<byte[]> transmitted = new ArrayDeque<>();
  final List<String> messages = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  @Nullable VerifiedPeer peer;
  byte @Nullable [] secret;
  @Nullable CloseCode code;
  @Nullable String reason;
  final List<String> threads = new ArrayList<>();
  @Nullable SecureChannel target;

  @Override
  public void transmit(byte[] bytes) {
    threads.add(Thread.currentThread().getName());
    if (target != null) {
      target.receive(Unpooled.wrappedBuffer(bytes));
    } else {
      transmitted.add(bytes);
    }
  }

  @Override
  public void established(VerifiedPeer verified, byte[] sharedSecret) {
    peer = verified;
    secret = sharedSecret;
    events.add("established");
  }

  @Override
  public void message(byte[] message) {
    messages.add(new String(message, StandardCharsets.UTF_8));
    events.add("message");
  }

  @Override
  public void failed(CloseCode closeCode, String oneLine) {
    code = closeCode;
    reason = oneLine;
    events.add("failed");
  }
}
