package io.quicmesh.tap.link;

/**
 * A network interface of this host.
 *
 * @param index the kernel's number of it, which changes when it is made again
 * @param up whether an operator wants it to work
 * @param carrier whether it could: a cable is in, an access point found (IFF_LOWER_UP). A link that
 *     loses its carrier keeps its routes
 * @param mtuBytes the largest IP packet
 * @param masterIndex the bridge or bond that it is a port of, 0 for none
 */
public record Link(
    int index,
    String name,
    LinkKind kind,
    boolean up,
    boolean carrier,
    int mtuBytes,
    int masterIndex) {
  /** Whether packets can leave through it now. */
  public boolean isUsable() {
    return up && carrier;
  }
}
