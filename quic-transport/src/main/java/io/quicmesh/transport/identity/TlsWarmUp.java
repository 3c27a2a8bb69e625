package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.CloseCode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;

/** One handshake of this process with itself, so that the next one finds its classes loaded. */
final class TlsWarmUp {

  private TlsWarmUp() {}

  static void run() {
    EndToEndTls.Settings settings =
        new EndToEndTls.Settings(
            Certificates.selfSigned(Keys.generate(), Instant.EPOCH), new JoinerVerifier());
    Wire toServer = new Wire();
    Wire toClient = new Wire();
    EndToEndTls client = EndToEndTls.client(settings, toServer);
    EndToEndTls server = EndToEndTls.server(settings, toClient);
    server.start();
    client.start();
    while (!toServer.bytes.isEmpty() || !toClient.bytes.isEmpty()) {
      toServer.drainTo(server);
      toClient.drainTo(client);
    }
    if (!toServer.established || !toClient.established) {
      throw new IllegalStateException("the handshake did not come to its end");
    }
  }

  /** What one end sent and the other has not taken yet. */
  private static final class Wire implements SecureChannel.Listener {
    final Queue<byte[]> bytes = new ArrayDeque<>();
    boolean established;

    void drainTo(EndToEndTls end) {
      for (byte[] next = bytes.poll(); next != null; next = bytes.poll()) {
        end.offer(next);
      }
    }

    @Override
    public void transmit(byte[] sent) {
      bytes.add(sent);
    }

    @Override
    public void established(VerifiedPeer peer, byte[] secret) {
      established = true;
    }

    @Override
    public void message(byte[] message) {
      // None is sent.
    }

    @Override
    public void failed(CloseCode code, String reason) {
      throw new IllegalStateException(reason);
    }
  }
}
