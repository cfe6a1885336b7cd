package dev.vfo.testkit.history;

/**
 * One thing that a program does to a {@link Subject}. The text form is that of the record, such as
 * {@code Seek[handle=1, position=0]}; {@link OperationText} reads it back.
 */
public sealed interface Operation permits FileOperation, ControlOperation {
  /** Whether it may be noticed afterwards by looking at the tree. */
  boolean changesTree();
}
