package io.quicmesh.relay.cli;

import java.io.PrintWriter;

/**
 * Lines such as {@code relay 203.0.113.10:4433 up}, wrapped to the terminal's width with their text
 * in one column.
 */
public final class LabelledText {

  private final PrintWriter out;
  private final int indent;

  /**
   * @param indent the column at which texts begin
   */
  public LabelledText(PrintWriter out, int indent) {
    this.out = out;
    this.indent = indent;
  }

  /** Prints a text after its label; what does not fit goes on below it. */
  public void line(String label, String text) {
    StringBuilder line = new StringBuilder(label);
    line.append(" ".repeat(Math.max(0, indent - label.length())));
    boolean isFirst = true;
    for (String word : text.split(" ", -1)) {
      boolean fits =
          Colours.width(line.toString()) + 1 + Colours.width(word) <= TextTable.WIDTH_MAX;
      if (!isFirst && !fits) {
        out.println(line.toString().stripTrailing());
        line.setLength(0);
        line.append(" ".repeat(indent));
        isFirst = true;
      }
      line.append(isFirst ? "" : " ").append(word);
      isFirst = false;
    }
    out.println(line.toString().stripTrailing());
  }
}
