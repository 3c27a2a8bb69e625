package io.quicmesh.lab.prober;

import org.jspecify.annotations.Nullable;

/**
 * An interface of this host, written {@code NAMESPACE:INTERFACE}, or {@code INTERFACE} for the
 * caller's own namespace.
 */
record InterfaceRef(@Nullable String namespace, String name) {

  static InterfaceRef parse(String text) {
    int colon = text.indexOf(':');
    InterfaceRef ref =
        colon < 0
            ? new InterfaceRef(null, text)
            : new InterfaceRef(text.substring(0, colon), text.substring(colon + 1));
    if (ref.name.isEmpty() || (colon >= 0 && colon == 0)) {
      throw new IllegalArgumentException("not NAMESPACE:INTERFACE or INTERFACE: " + text);
    }
    return ref;
  }

  @Override
  public String toString() {
    return namespace == null ? name : namespace + ":" + name;
  }
}
