package io.quicmesh.migration;

/** Where the UDP socket should be. */
public sealed interface UplinkOutput {

  /** Bind it to this interface, because the kernel would choose another. */
  record Bind(String interfaceName, MigrationCause cause, String reason) implements UplinkOutput {}

  /** Leave the choice to the kernel's routing. */
  record Release() implements UplinkOutput {}
}
