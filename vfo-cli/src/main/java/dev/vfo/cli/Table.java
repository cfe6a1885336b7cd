package dev.vfo.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns that are as wide as their widest cell, two spaces apart. One thread. */
public final class Table {
  private final String indent;
  private final boolean[] right;
  private final List<String[]> rows = new ArrayList<>();

  /**
   * @param indent what stands before each row
   * @param alignment a letter for each column: 'l' for text, 'r' for numbers
   */
  public Table(String indent, String alignment) {
    this.indent = indent;
    right = new boolean[alignment.length()];
    for (int i = 0; i < right.length; i++) {
      right[i] = alignment.charAt(i) == 'r';
    }
  }

  /** Adds a row with a cell for each column. */
  public void add(String... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(cells.length + " cells in " + right.length + " columns");
    }
    rows.add(cells);
  }

  /** Prints the rows. */
  public void print(Terminal terminal) {
    lines().forEach(terminal::line);
  }

  /** The rows as text, without spaces at their ends. */
  List<String> lines() {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(String[] row, int[] widths) {
    StringBuilder line = new StringBuilder(indent);
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - row[i].length());
      line.append(i == 0 ? "" : "  ");
      line.append(right[i] ? space + row[i] : row[i] + space);
    }
    return line.toString().stripTrailing();
  }
}
