package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Each row of the decision table in {@code docs/recovery.md} has a test, which {@code
 * docs/testing.md} names and which is there.
 */
class RowsHaveTestsTest {
  private static final Pattern ROW = Pattern.compile("^\\| (R\\d+) \\|(.*)\\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");

  private static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("docs/recovery.md"))) {
      folder = folder.getParent();
    }
    assertNotNull(folder, "docs/recovery.md");
    return folder;
  }

  /** The rows of a document's tables: the number, and what stands behind it. */
  private static Map<String, String> rows(String document) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(repository().resolve("docs").resolve(document))) {
      Matcher row = ROW.matcher(line);
      if (row.find()) {
        assertEquals(null, rows.put(row.group(1), row.group(2)), document + " has it twice");
      }
    }
    return rows;
  }

  /** The test classes of this module, by their simple names. */
  private static Map<String, Class<?>> testClasses() throws IOException {
    Path sources = repository().resolve("vfo-core/src/test/java");
    Map<String, Class<?>> classes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(each -> each.toString().endsWith("Test.java")).toList()) {
        String path = sources.relativize(file).toString();
        String name = path.substring(0, path.length() - ".java".length()).replace('/', '.');
        try {
          ClassLoader loader = RowsHaveTestsTest.class.getClassLoader();
          Class<?> type = Class.forName(name, false, loader);
          assertEquals(null, classes.put(type.getSimpleName(), type), name + " is there twice");
        } catch (ClassNotFoundException e) {
          throw new AssertionError(name, e);
        }
      }
    }
    return classes;
  }

  private static boolean isTest(Method method) {
    return AnnotationSupport.isAnnotated(method, Testable.class);
  }

  @Test
  void eachRowHasTestsThatAreThere() throws IOException {
    Map<String, String> rows = rows("recovery.md");
    Map<String, String> tests = rows("testing.md");
    assertTrue(rows.size() >= 53, "rows found: " + rows.keySet());
    assertEquals(rows.keySet(), tests.keySet(), "the rows, and those that have a line of tests");
    Map<String, Class<?>> classes = testClasses();
    List<String> wrong = new ArrayList<>();
    tests.forEach((row, text) -> {
      Matcher test = TEST.matcher(text);
      int found = 0;
      while (test.find()) {
        found++;
        Class<?> type = classes.get(test.group(1));
        String method = test.group(2);
        boolean there =
            type != null
                && Arrays.stream(type.getDeclaredMethods())
                    .anyMatch(each -> each.getName().equals(method) && isTest(each));
        if (!there) {
          wrong.add(row + ": there is no " + test.group());
        }
      }
      if (found == 0) {
        wrong.add(row + ": no test");
      }
    });
    assertEquals(List.of(), wrong);
  }
}
