package io.quicmesh.transport.quic;

import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.quicmesh.transport.wire.CloseCode;
import java.nio.charset.StandardCharsets;

/** What a peer's CONNECTION_CLOSE frame means (RFC 9000, section 19.19). */
final class Closings {

  private static final int REASON_CHARACTERS_MAX = 120;
  private static final int ALERT_HANDSHAKE_FAILURE = 40;
  private static final int ALERT_PROTOCOL_VERSION = 70;
  private static final int ALERT_NO_APPLICATION_PROTOCOL = 120;

  private Closings() {}

  /** The application's code, or the nearest of ours for what the transport or TLS reports. */
  static int code(QuicConnectionCloseEvent event) {
    if (event.isApplicationClose()) {
      return event.error();
    }
    if (!event.isTlsError()) {
      return event.error() == 0 ? CloseCode.NONE.code() : CloseCode.PROTOCOL.code();
    }
    return switch (QuicConnectionCloseEvent.extractTlsError(event.error())) {
      case ALERT_HANDSHAKE_FAILURE, ALERT_PROTOCOL_VERSION, ALERT_NO_APPLICATION_PROTOCOL ->
          CloseCode.VERSION.code();
      default -> CloseCode.PROTOCOL.code();
    };
  }

  /** One line for people. */
  static String cause(QuicConnectionCloseEvent event) {
    if (event.isApplicationClose()) {
      String reason = printable(event.reason());
      String meaning = CloseCode.describe(event.error());
      return "the peer closed: " + (reason.isEmpty() ? meaning : reason);
    }
    if (event.isTlsError()) {
      return "the peer refused TLS: alert "
          + QuicConnectionCloseEvent.extractTlsError(event.error());
    }
    return event.error() == 0
        ? "the peer closed"
        : "the peer closed: QUIC error 0x" + Integer.toHexString(event.error());
  }

  /** A stranger's bytes, fit for a log line. */
  private static String printable(byte[] reason) {
    String text = new String(reason, StandardCharsets.UTF_8);
    StringBuilder line = new StringBuilder();
    text.chars()
        .limit(REASON_CHARACTERS_MAX)
        .forEach(c -> line.append(c < ' ' || c > '~' ? '?' : (char) c));
    return line.toString();
  }
}
