package io.quicmesh.node.membership;

/** Text of others that is shown to people. */
final class Text {

  private static final int LENGTH_MAX = 200;

  private Text() {}

  /** The text in printable ASCII and not too long, so that it cannot forge lines of a log. */
  static String printable(String text) {
    String shortened = text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) + "..." : text;
    return shortened.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
