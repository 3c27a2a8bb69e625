package io.quicmesh.lab.emulator;

import org.jspecify.annotations.Nullable;

/**
 * One end of a link as it is asked for, written {@code NAME=NAMESPACE:INTERFACE}, or {@code
 * NAME=INTERFACE} for the caller's own namespace.
 *
 * @param name what commands call it
 * @param namespace where the interface is to be; null for the caller's namespace
 * @param interfaceName the TAP device that is made there
 */
record EndRef(String name, @Nullable String namespace, String interfaceName) {

  static EndRef parse(String text) {
    int equals = text.indexOf('=');
    String where = text.substring(equals + 1);
    int colon = where.indexOf(':');
    String name = equals < 0 ? "" : text.substring(0, equals);
    String namespace = colon < 0 ? null : where.substring(0, colon);
    String interfaceName = where.substring(colon + 1);
    boolean usable = name.matches("[a-z][a-z0-9_]*") && !name.equals("all");
    if (!usable || interfaceName.isEmpty() || (namespace != null && namespace.isEmpty())) {
      throw new IllegalArgumentException(
          "not an end, which is NAME=[NAMESPACE:]INTERFACE with a name of small letters: " + text);
    }
    return new EndRef(name, namespace, interfaceName);
  }
}
