package dev.vfo.testkit.history;

import java.util.ArrayList;
import java.util.List;

/**
 * What a program did, from a first tree on. The text form has a line for each operation, those that
 * make the first tree after {@code setup}, and comments after '#'; it can be pasted into a report
 * and read back.
 *
 * @param seed what it was made from; it also decides the choices that a harness makes for it
 * @param profile what kind of history it is
 * @param setup makes the first tree, as ordinary files
 * @param operations the history itself
 */
public record History(
    long seed, String profile, List<FileOperation> setup, List<Operation> operations) {

  private static final String HEAD = "history ";
  private static final String SETUP = "setup ";

  /** Copies the lists. */
  public History {
    setup = List.copyOf(setup);
    operations = List.copyOf(operations);
  }

  /** The same history with other operations. */
  public History with(List<FileOperation> newSetup, List<Operation> newOperations) {
    return new History(seed, profile, newSetup, newOperations);
  }

  /** How many operations there are, the setup's included. */
  public int size() {
    return setup.size() + operations.size();
  }

  /** The text form. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(HEAD).append(seed).append(' ').append(profile).append('\n');
    for (FileOperation operation : setup) {
      text.append(SETUP).append(operation).append('\n');
    }
    for (int i = 0; i < operations.size(); i++) {
      text.append(operations.get(i)).append("  # ").append(i).append('\n');
    }
    return text.toString();
  }

  /** Reads the text form; IllegalArgumentException when it is none. */
  public static History parse(String text) {
    long seed = 0;
    String profile = "text";
    List<FileOperation> setup = new ArrayList<>();
    List<Operation> operations = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String content = line.replaceFirst("#.*", "").strip();
      if (content.startsWith(HEAD)) {
        String[] words = content.split(" ", -1);
        seed = Long.parseLong(words[1]);
        profile = words.length > 2 ? words[2] : profile;
      } else if (content.startsWith(SETUP)) {
        setup.add((FileOperation) OperationText.parse(content.substring(SETUP.length())));
      } else if (!content.isEmpty()) {
        operations.add(OperationText.parse(content));
      }
    }
    return new History(seed, profile, setup, operations);
  }

  @Override
  public String toString() {
    return toText();
  }
}
