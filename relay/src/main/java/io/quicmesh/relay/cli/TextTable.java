package io.quicmesh.relay.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A table in a terminal of 80 columns: each column is as wide as its longest cell; what is too wide
 * in all loses the middle of its widest cells, so that an address keeps its port.
 */
public final class TextTable {

  /** Columns of the terminal that every output fits. */
  public static final int WIDTH_MAX = 80;

  private static final int CELL_MIN = 6;
  private static final String GAP = "  ";
  private static final String CUT = "..";

  private final List<Column> columns = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  private record Column(String title, boolean isRight) {}

  /** Adds a column of words. */
  public TextTable words(String title) {
    columns.add(new Column(title, false));
    return this;
  }

  /** Adds a column of numbers, which stand at its right edge. */
  public TextTable numbers(String title) {
    columns.add(new Column(title, true));
    return this;
  }

  /** Adds a row with a cell for every column. */
  public TextTable row(String... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns.size());
    }
    rows.add(List.of(cells));
    return this;
  }

  /** Prints the titles and all rows. */
  public void print(PrintWriter out) {
    int[] widths = widths();
    List<String> titles = new ArrayList<>();
    columns.forEach(column -> titles.add(column.title()));
    out.println(line(titles, widths));
    rows.forEach(row -> out.println(line(row, widths)));
  }

  private int[] widths() {
    int[] widths = new int[columns.size()];
    int total = GAP.length() * (columns.size() - 1);
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columns.get(i).title().length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], Colours.width(row.get(i)));
      }
      total += widths[i];
    }
    for (; total > WIDTH_MAX; total--) {
      int widest = widest(widths);
      if (widths[widest] <= CELL_MIN) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  private static int widest(int[] widths) {
    int widest = 0;
    for (int i = 1; i < widths.length; i++) {
      if (widths[i] > widths[widest]) {
        widest = i;
      }
    }
    return widest;
  }

  private String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = fitted(cells.get(i), widths[i]);
      String padding = " ".repeat(widths[i] - Colours.width(cell));
      line.append(i == 0 ? "" : GAP)
          .append(columns.get(i).isRight() ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }

  private static String fitted(String cell, int width) {
    if (Colours.width(cell) <= width) {
      return cell;
    }
    String plain = Colours.plain(cell);
    int head = (width - CUT.length()) / 2;
    int tail = width - CUT.length() - head;
    return plain.substring(0, head) + CUT + plain.substring(plain.length() - tail);
  }
}
