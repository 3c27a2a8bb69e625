package io.quicmesh.migration;

/** What an interface of the host is to us. */
public enum InterfaceKind {
  /** A card, modem, VLAN, bond or bridge that may lead to the underlay. */
  ORDINARY,
  /** Somebody else's tunnel. */
  TUNNEL,
  /** A bridge or port of a container or virtual machine engine, or the loopback. */
  CONTAINER,
  /** Our own TAP device. */
  OWN_TAP
}
