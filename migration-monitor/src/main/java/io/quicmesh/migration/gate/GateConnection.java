package io.quicmesh.migration.gate;

import io.quicmesh.migration.ConnectionRole;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A connection as the gate knows it: who may send to it, and what is held of it. The shell keeps
 * one with each known connection ID.
 *
 * <p>Mutable; owned by the gate's thread. Equal only to itself.
 */
public final class GateConnection {

  private static final int SOURCES_MAX = 8;

  /** An address that was not used for so long may be somebody else's by now. */
  private static final long SOURCE_IDLE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final long number;
  private final ConnectionRole role;
  private final SourceAddress opening;
  private final List<Source> sources = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  private boolean keyed;

  /** A source that may send. */
  private static final class Source {
    final SourceAddress address;
    long lastUsedNanos;

    Source(SourceAddress address, long nowNanos) {
      this.address = address;
      this.lastUsedNanos = nowNanos;
    }
  }

  /** A packet that waits for its source to answer. */
  static final class Held {
    final GateConnection connection;
    final SourceAddress source;
    final long ticket;
    final long untilNanos;

    /** Whether it led to a challenge. */
    boolean challenged;

    boolean settled;

    Held(GateConnection connection, SourceAddress source, long ticket, long untilNanos) {
      this.connection = connection;
      this.source = source;
      this.ticket = ticket;
      this.untilNanos = untilNanos;
    }
  }

  GateConnection(long number, ConnectionRole role, SourceAddress opening, long nowNanos) {
    this.number = number;
    this.role = role;
    this.opening = opening;
    sources.add(new Source(opening, nowNanos));
  }

  /** A number that no other connection of this gate has. */
  public long number() {
    return number;
  }

  ConnectionRole role() {
    return role;
  }

  boolean isKeyed() {
    return keyed;
  }

  void setKeyed() {
    keyed = true;
  }

  boolean isOpening(SourceAddress source) {
    return opening.equals(source);
  }

  /** Whether the source may send; the one used last stands first and never goes idle. */
  boolean admits(SourceAddress source, long nowNanos) {
    for (int i = 0; i < sources.size(); i++) {
      Source known = sources.get(i);
      if (known.address.equals(source)) {
        if (i > 0 && nowNanos - known.lastUsedNanos > SOURCE_IDLE_NANOS) {
          sources.remove(i);
          return false;
        }
        known.lastUsedNanos = nowNanos;
        if (i > 0) {
          sources.remove(i);
          sources.add(0, known);
        }
        return true;
      }
    }
    return false;
  }

  void admit(SourceAddress source, long nowNanos) {
    if (!admits(source, nowNanos)) {
      sources.add(0, new Source(source, nowNanos));
      if (sources.size() > SOURCES_MAX) {
        sources.remove(SOURCES_MAX);
      }
    }
  }

  List<Held> held() {
    return held;
  }

  /**
   * Whether a packet is held that led to a challenge of the source. Those that came after it do not
   * count: a challenge that was lost must not be the last one of a source that goes on sending.
   */
  boolean holdsChallenged(SourceAddress source) {
    for (Held packet : held) {
      if (packet.challenged && packet.source.equals(source)) {
        return true;
      }
    }
    return false;
  }
}
