package io.quicmesh.transport.wire;

import java.util.regex.Pattern;

/** The names of members: what tables and commands call a node. */
public final class MemberName {

  /** The longest name, in characters and bytes. */
  public static final int LENGTH_MAX = 63;

  private static final Pattern PATTERN = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

  private MemberName() {}

  /** Whether a text may be a name: 1 to 63 of a-z and 0-9, and inside also dot, _ and -. */
  public static boolean isValid(String text) {
    return PATTERN.matcher(text).matches();
  }
}
