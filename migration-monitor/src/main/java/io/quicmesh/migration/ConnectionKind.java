package io.quicmesh.migration;

/** Whom a connection leads to: a relay, or a node directly. */
public enum ConnectionKind {
  RELAY,
  DIRECT
}
