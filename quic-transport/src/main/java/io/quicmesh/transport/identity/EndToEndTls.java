package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.CloseCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.jspecify.annotations.Nullable;

/**
 * One end of a TLS 1.3 connection (RFC 8446) between two hosts that both show certificates, without
 * sockets: bytes in, bytes and events out. No tickets, no early data. Messages inside it are framed
 * as {@code length u32 | bytes}.
 *
 * <p>Not safe for use by several threads; the listener is called from within the methods and must
 * not call back. A handshake costs milliseconds, the first one of a process hundreds of them, so
 * event loops use {@link EndToEndTlsWorker}.
 */
public final class EndToEndTls {

  private final TlsProtocol protocol;
  private final TlsJudge judge;
  private final SecureChannel.Listener listener;
  private final TlsCall firstCall;
  private final MessageReader messages = new MessageReader();
  private boolean established;
  private boolean ended;

  private EndToEndTls(
      TlsProtocol protocol, TlsJudge judge, SecureChannel.Listener listener, TlsCall firstCall) {
    this.protocol = protocol;
    this.judge = judge;
    this.listener = listener;
    this.firstCall = firstCall;
  }

  /** The end that begins. */
  public static EndToEndTls client(Settings settings, SecureChannel.Listener listener) {
    TlsClientProtocol protocol = new TlsClientProtocol();
    TlsJudge judge = new TlsJudge(settings.verifier());
    return new EndToEndTls(
        protocol, judge, listener, () -> protocol.connect(new TlsClientPeer(settings, judge)));
  }

  /** The end that answers. */
  public static EndToEndTls server(Settings settings, SecureChannel.Listener listener) {
    TlsServerProtocol protocol = new TlsServerProtocol();
    TlsJudge judge = new TlsJudge(settings.verifier());
    return new EndToEndTls(
        protocol, judge, listener, () -> protocol.accept(new TlsServerPeer(settings, judge)));
  }

  /** Begins the handshake; the client's first bytes come out. */
  public void start() {
    run(firstCall);
  }

  /** Takes bytes from the other end, cut anywhere. */
  public void offer(byte[] fromPeer) {
    run(() -> protocol.offerInput(fromPeer));
  }

  /** Sends a message; ignored after the end. */
  public void write(byte[] message) {
    if (message.length > SecureChannel.MESSAGE_BYTES_MAX) {
      throw new IllegalArgumentException("message of " + message.length + " bytes");
    }
    if (!ended && !established) {
      throw new IllegalStateException("the handshake is not over yet");
    }
    byte[] framed =
        ByteBuffer.allocate(Integer.BYTES + message.length)
            .putInt(message.length)
            .put(message)
            .array();
    run(() -> protocol.writeApplicationData(framed, 0, framed.length));
  }

  /** Tells the other end that nothing follows; the listener hears nothing after the last bytes. */
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    try {
      protocol.close();
    } catch (IOException e) {
      return; // The other end is not told then, which it must bear anyway.
    }
    transmit();
  }

  /** Whether the channel has failed or was closed. */
  public boolean isEnded() {
    return ended;
  }

  /** Whether the handshake is over and the peer accepted. */
  public boolean isEstablished() {
    return established;
  }

  private void run(TlsCall step) {
    if (ended) {
      return;
    }
    try {
      step.run();
      reportEstablished();
      reportMessages();
      transmit();
      if (protocol.isClosed()) {
        fail(judge.codeOfEnd(established), judge.reasonOfEnd(established));
      }
    } catch (IOException | RuntimeException e) {
      transmit();
      fail(judge.codeOfFailure(), judge.reasonOfFailure(e));
    }
  }

  private void reportEstablished() {
    byte[] secret = judge.takeSecret();
    VerifiedPeer peer = judge.peer();
    if (secret == null || peer == null) {
      return;
    }
    established = true;
    transmit();
    listener.established(peer, secret);
  }

  private void reportMessages() throws IOException {
    int available = established ? protocol.getAvailableInputBytes() : 0;
    if (available == 0) {
      return;
    }
    byte[] bytes = new byte[available];
    protocol.readInput(bytes, 0, available);
    messages.offer(bytes);
    for (byte @Nullable [] next = messages.poll(); next != null; next = messages.poll()) {
      listener.message(next);
    }
  }

  private void transmit() {
    int available = protocol.getAvailableOutputBytes();
    if (available > 0) {
      byte[] bytes = new byte[available];
      protocol.readOutput(bytes, 0, available);
      listener.transmit(bytes);
    }
  }

  private void fail(CloseCode code, String reason) {
    ended = true;
    listener.failed(code, reason);
  }

  /** A call into the TLS protocol. */
  private interface TlsCall {
    void run() throws IOException;
  }

  /**
   * What an end of a channel needs.
   *
   * @param identity what it shows and signs with
   * @param verifier whom it accepts
   * @param keyExchange what it agrees keys with
   */
  public record Settings(
      TransportIdentity identity, PeerVerifier verifier, KeyExchange keyExchange) {
    /** Settings with the hybrid key exchange only. */
    public Settings(TransportIdentity identity, PeerVerifier verifier) {
      this(identity, verifier, KeyExchange.HYBRID_ONLY);
    }
  }
}
