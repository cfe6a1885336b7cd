package dev.vfo.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small C project. Its rules make another file first and rename it, so that what is there is
 * whole: that is all that make needs to go on from it.
 */
final class MakeProject {
  private static final int PARTS = 24;
  private static final int FUNCTIONS = 160;

  private MakeProject() {}

  /** Writes it into a folder. */
  static void write(Path folder) throws IOException {
    StringBuilder declarations = new StringBuilder("int printf(const char *, ...);\n");
    StringBuilder sum = new StringBuilder("0");
    for (int part = 0; part < PARTS; part++) {
      StringBuilder source = new StringBuilder();
      for (int k = 0; k < FUNCTIONS; k++) {
        source.append("int f%d_%d(int x) { return x * %d + %d; }\n".formatted(part, k, k, part));
      }
      Files.writeString(folder.resolve("part" + part + ".c"), source);
      declarations.append("int f").append(part).append("_1(int);\n");
      sum.append(" + f").append(part).append("_1(3)");
    }
    Files.writeString(
        folder.resolve("main.c"),
        declarations + "int main(void) { printf(\"%d\\n\", " + sum + "); return 0; }\n");
    Files.writeString(
        folder.resolve("Makefile"),
        """
        OBJECTS = $(patsubst %.c,%.o,$(wildcard *.c))
        prog: $(OBJECTS)
        \tcc -o $@.new $(sort $(OBJECTS)) && mv $@.new $@
        %.o: %.c
        \tcc -O1 -c -o $@.new $< && mv $@.new $@
        """);
  }
}
