package io.quicmesh.migration;

/** The QUIC role of this side. Only the client role can migrate (RFC 9000 section 9). */
public enum ConnectionRole {
  CLIENT,
  SERVER
}
