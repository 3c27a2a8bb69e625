package io.quicmesh.transport.session;

/**
 * Types of records. A record is {@code length u24 | type u8 | payload}; the length counts the
 * payload only.
 */
final class RecordType {

  static final int HEADER_BYTES = 4;

  /** The longest payload: a superframe with its header, and what sealing adds. */
  static final int PAYLOAD_BYTES_MAX = 80 * 1024;

  /** A receiver that does not know a type with this bit ends the session. */
  static final int CRITICAL = 0x80;

  // On lanes, numbered.
  static final int FRAME = 0x01;
  static final int MESSAGE = 0x02;

  // On lanes, unnumbered: never kept, never acknowledged.
  static final int CUT = 0x10;
  static final int ACK = 0x11;
  static final int RESEND = 0x12;

  // On the set-up stream of a carrier.
  static final int TLS = 0x20;
  static final int RESUME = 0x21;
  static final int RESUMED = 0x22;
  static final int COMMIT = 0x23;
  static final int REFUSED = 0x24;
  static final int HEARTBEAT = 0x25;
  static final int ECHO = 0x26;

  private RecordType() {}

  static boolean isNumbered(int type) {
    return type < CUT || type > RESEND;
  }

  static int header(int payloadBytes, int type) {
    return payloadBytes << 8 | type;
  }

  static int payloadBytes(int header) {
    return header >>> 8;
  }

  static int type(int header) {
    return header & 0xff;
  }
}
