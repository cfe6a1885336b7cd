package dev.vfo;

/** A step that is closed and not yet decided; to be committed by the manager that sealed it. */
public final class SealedStep {
  private final long layer;

  SealedStep(long layer) {
    this.layer = layer;
  }

  long layer() {
    return layer;
  }

  @Override
  public String toString() {
    return "sealed step " + layer;
  }
}
