package dev.vfo.steps;

/**
 * How a program's state becomes the bytes of a checkpoint, and again a state.
 *
 * @param <S> the state; best immutable, since a step that fails gets the one before it again
 */
public interface StateCodec<S> {
  /**
   * A codec for a record whose components are primitives and their wrappers, strings, enums, {@code
   * byte[]}, other records, and lists, maps and optionals of these; null is none of them.
   *
   * <p>Its version is made of the names and types of the components: when one is added, removed or
   * changed, states of before are refused with {@link StateFormatException}. Names of records may
   * change, and enums get more constants. Records that are not public, or in a package that is not
   * exported, need {@code opens ... to dev.vfo.core} in a program with modules.
   *
   * @throws IllegalArgumentException when it can have no such codec, with the component
   */
  static <S extends Record> StateCodec<S> ofRecord(Class<S> type) {
    return new RecordCodec<>(type);
  }

  /** The version that {@link #encode} writes; it stands with the state in the checkpoint. */
  long version();

  /** The bytes of a state. */
  byte[] encode(S state);

  /**
   * The state of bytes that this codec, or an older one, has written.
   *
   * @param version of the codec that wrote them
   * @throws StateFormatException when it cannot read them
   */
  S decode(byte[] bytes, long version) throws StateFormatException;
}
