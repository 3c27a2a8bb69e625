package io.quicmesh.relay.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, from the jar's manifest. */
final class RelayVersion implements IVersionProvider {

  /** The version, {@code dev} outside of a jar. */
  static String text() {
    String version = RelayVersion.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {RelayCommand.NAME + " " + text()};
  }
}
