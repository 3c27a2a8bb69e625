package io.quicmesh.transport.wire;

/** Why a connection, circuit or stream was closed: QUIC application error codes and their names. */
public enum CloseCode {
  NONE(0, "closed in order"),
  PEER_OFFLINE(1, "the peer is not at this relay"),
  PEER_GONE(2, "the peer left the relay"),
  NOT_ALLOWED(3, "not a member of a network that is allowed here"),
  QUOTA(4, "a quota of the relay is used up"),
  UNANSWERED(5, "the peer did not answer the circuit request in time"),
  PROTOCOL(6, "bytes that the protocol does not allow"),
  VERSION(7, "no common protocol version"),
  REPLACED(8, "the same node connected anew"),
  DUPLICATE_KEY(9, "two hosts use one node's key"),
  SHUTTING_DOWN(10, "the other side is stopping"),
  REVOKED(11, "the key is revoked"),
  EXPIRED(12, "the certificate has expired"),
  TIMED_OUT(13, "the other side was silent for too long"),
  BAD_SEAL(14, "a sealed record did not open"),
  WRONG_PEER(15, "the other side is not who it should be"),
  SUPERSEDED(16, "another carrier took over"),
  WRONG_CLOCK(17, "a certificate from the future: a clock is wrong");

  private final int code;
  private final String text;

  CloseCode(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The code on the wire. */
  public int code() {
    return code;
  }

  /** What it means, for people. */
  public String text() {
    return text;
  }

  /** The name and meaning of a code, also of one that this version does not know. */
  public static String describe(long code) {
    for (CloseCode known : values()) {
      if (known.code == code) {
        return known.text;
      }
    }
    return "code " + code;
  }
}
