package dev.vfo.steps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The codec for records. */
class StateCodecTest {
  enum Kind {
    FIRST,
    SECOND
  }

  record Simple(
      boolean a,
      byte b,
      short c,
      char d,
      int e,
      long f,
      float g,
      double h,
      Integer i,
      String text) {}

  record Many(
      List<Simple> list,
      Map<String, List<Kind>> map,
      Optional<Kind> given,
      Optional<String> missing,
      Nothing nothing) {}

  record Nothing() {}

  record Node(String name, List<Node> below) {}

  record Bytes(byte[] bytes) {}

  private static final Simple SIMPLE =
      new Simple(true, (byte) -1, Short.MIN_VALUE, '\uffff', -5, 1L << 40, -0f, 1e300, 7, "ä€😀");

  private static <S extends Record> S again(Class<S> type, S state) throws StateFormatException {
    StateCodec<S> codec = StateCodec.ofRecord(type);
    return codec.decode(codec.encode(state), codec.version());
  }

  @Test
  void aStateComesBackAsItWas() throws StateFormatException {
    assertEquals(SIMPLE, again(Simple.class, SIMPLE));
    assertEquals(new Nothing(), again(Nothing.class, new Nothing()));
    Map<String, List<Kind>> map = new LinkedHashMap<>();
    map.put("z", List.of(Kind.SECOND, Kind.FIRST));
    map.put("", List.of());
    Many many =
        new Many(
            List.of(SIMPLE, SIMPLE),
            map,
            Optional.of(Kind.SECOND),
            Optional.empty(),
            new Nothing());
    Many found = again(Many.class, many);
    assertEquals(many, found);
    assertEquals(List.of("z", ""), List.copyOf(found.map().keySet()));
    Node tree = new Node("a", List.of(new Node("b", List.of()), new Node("c", List.of())));
    assertEquals(tree, again(Node.class, tree));
    byte[] bytes = {1, 2, 3};
    assertArrayEquals(bytes, again(Bytes.class, new Bytes(bytes)).bytes());
  }

  @Test
  void whatWasReadCannotBeChanged() throws StateFormatException {
    Node node = again(Node.class, new Node("a", List.of()));
    assertThrows(UnsupportedOperationException.class, () -> node.below().add(node));
  }

  /** Else a byte that is wrong could pass as another state. */
  @Test
  void nothingElseIsRead() {
    StateCodec<Simple> codec = StateCodec.ofRecord(Simple.class);
    byte[] bytes = codec.encode(SIMPLE);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(StateFormatException.class, () -> codec.decode(cut, codec.version()));
    }
    assertThrows(
        StateFormatException.class,
        () -> codec.decode(Arrays.copyOf(bytes, bytes.length + 1), codec.version()));
    byte[] noBoolean = bytes.clone();
    noBoolean[0] = 2;
    assertThrows(StateFormatException.class, () -> codec.decode(noBoolean, codec.version()));
    byte[] noText = bytes.clone();
    noText[noText.length - 1] = 'a';
    assertThrows(StateFormatException.class, () -> codec.decode(noText, codec.version()));
  }

  record Keys(Map<Byte, Byte> map) {}

  @Test
  void aKeyTwiceIsRefused() {
    StateCodec<Keys> codec = StateCodec.ofRecord(Keys.class);
    byte[] bytes = codec.encode(new Keys(new LinkedHashMap<>(Map.of((byte) 1, (byte) 9))));
    assertArrayEquals(new byte[] {0, 0, 0, 1, 1, 9}, bytes);
    byte[] twice = {0, 0, 0, 2, 1, 9, 1, 9};
    assertThrows(StateFormatException.class, () -> codec.decode(twice, codec.version()));
  }

  record Positive(int value) {
    Positive {
      if (value <= 0) {
        throw new IllegalArgumentException("not positive");
      }
    }
  }

  @Test
  void aRecordMayRefuseItsComponents() {
    StateCodec<Positive> codec = StateCodec.ofRecord(Positive.class);
    assertThrows(StateFormatException.class, () -> codec.decode(new byte[4], codec.version()));
  }

  record A(int one, List<String> two) {}

  record SameAsA(int one, List<String> two) {}

  record OtherName(int uno, List<String> two) {}

  record OtherType(int one, List<byte[]> two) {}

  record OtherOrder(List<String> two, int one) {}

  @Test
  void theVersionIsThatOfTheShape() {
    long version = StateCodec.ofRecord(A.class).version();
    assertEquals(version, StateCodec.ofRecord(SameAsA.class).version());
    for (Class<? extends Record> other :
        List.of(OtherName.class, OtherType.class, OtherOrder.class, Nothing.class)) {
      assertNotEquals(version, StateCodec.ofRecord(other).version());
    }
    // Of checkpoints that are there already: must never change.
    assertEquals(-6998440477485310974L, version);
  }

  record Time(Instant instant) {}

  record Raw(@SuppressWarnings("rawtypes") List list) {}

  record Generic<T>(T value) {}

  record HoldsGeneric(Generic<String> inner) {}

  record Wild(List<?> list) {}

  @Test
  void whatHasNoFormIsNamed() {
    for (Class<? extends Record> type :
        List.of(Time.class, Raw.class, HoldsGeneric.class, Wild.class)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> StateCodec.ofRecord(type));
      assertTrue(
          String.valueOf(refused.getMessage()).startsWith(type.getSimpleName() + "."),
          refused::toString);
    }
  }

  record Text(String text) {}

  @Test
  void whatCannotBeWrittenIsRefused() {
    StateCodec<Text> codec = StateCodec.ofRecord(Text.class);
    assertThrows(IllegalArgumentException.class, () -> codec.encode(new Text("\ud800")));
    assertThrows(IllegalArgumentException.class, () -> codec.encode(new Text(nothing())));
    StateCodec<A> lists = StateCodec.ofRecord(A.class);
    assertThrows(
        IllegalArgumentException.class,
        () -> lists.encode(new A(1, Collections.singletonList(nothing()))));
    StateCodec<Node> records = StateCodec.ofRecord(Node.class);
    assertThrows(
        IllegalArgumentException.class,
        () -> records.encode(new Node("a", Collections.singletonList(noNode()))));
  }

  @SuppressWarnings("NullAway") // what a program without checks can do
  private static String nothing() {
    return null;
  }

  @SuppressWarnings("NullAway") // likewise
  private static Node noNode() {
    return null;
  }
}
