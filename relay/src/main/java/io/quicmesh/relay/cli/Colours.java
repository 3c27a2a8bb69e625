package io.quicmesh.relay.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;

/**
 * Colours of words in a terminal: only on a terminal, and not where {@code NO_COLOR} is set.
 *
 * @param isOn whether there are any
 */
public record Colours(boolean isOn) {

  private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;]*m");

  /** As this process's standard output wants it. */
  public static Colours ofTerminal() {
    return new Colours(Ansi.AUTO.enabled());
  }

  /** What is as it should be. */
  public String good(String text) {
    return in("32", text);
  }

  /** What is on its way, or worth a look. */
  public String doubtful(String text) {
    return in("33", text);
  }

  /** What is not as it should be. */
  public String bad(String text) {
    return in("31", text);
  }

  private String in(String code, String text) {
    return isOn && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** How many columns a text takes. */
  static int width(String text) {
    return plain(text).length();
  }

  static String plain(String text) {
    return text.indexOf('\u001b') < 0 ? text : ESCAPES.matcher(text).replaceAll("");
  }
}
