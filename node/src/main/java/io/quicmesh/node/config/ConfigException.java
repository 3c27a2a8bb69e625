package io.quicmesh.node.config;

/** A config file that cannot be used: one line with the file, the line in it, and the mend. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  /** An exception with its one line. */
  public ConfigException(String oneLine) {
    super(oneLine, null, false, false);
  }
}
