package io.quicmesh.migration;

/**
 * One carrier of a session.
 *
 * @param kind direct or relay
 * @param name the relay's HOST:PORT, or the id of the direct connection
 */
public record CarrierId(CarrierKind kind, String name) {

  /** The name as logs and the API show it: {@code direct}, or {@code relay:192.0.2.1:4433}. */
  public String label() {
    return kind == CarrierKind.DIRECT ? kind.label() : kind.label() + ":" + name;
  }
}
