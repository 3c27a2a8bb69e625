package io.quicmesh.node;

/** The version of this build. */
public final class Version {

  /** As in the project's pom. */
  public static final String TEXT = text();

  private Version() {}

  private static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
