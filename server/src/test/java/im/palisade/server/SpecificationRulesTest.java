package im.palisade.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Holds {@code specification-rules.txt}: every test it names exists, and what it says is not there
 * is what the architecture says is not there.
 */
class SpecificationRulesTest {
  private static final Pattern ROW = Pattern.compile("[a-z-]+ §[A-K0-9.]+ \\| [^|]+ \\| (.+)");
  private static final Pattern JAVA = Pattern.compile("([A-Za-z]+)#([A-Za-z0-9]+)");
  private static final Pattern SCRIPT =
      Pattern.compile("(sdk/js/test/[a-z]+\\.test\\.ts) \"(.+)\"");
  private static final String NOT_THERE = "not there: ";
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @Test
  void everyRuleNamesTestsThatExistOrWhatIsNotThere() throws IOException {
    Map<String, String> classes = classes();
    String missing = section(Files.readString(ROOT.resolve("docs/architecture.md")));
    List<String> wrong = new ArrayList<>();
    int rules = 0;
    for (String line : Files.readAllLines(Path.of("src/test/resources/specification-rules.txt"))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      rules++;
      Matcher row = ROW.matcher(line);
      if (!row.matches()) {
        wrong.add("no row: " + line);
      } else if (row.group(1).startsWith(NOT_THERE)) {
        String what = row.group(1).substring(NOT_THERE.length());
        if (!missing.contains(what)) {
          wrong.add("docs/architecture.md does not say that it is not there: " + what);
        }
      } else {
        for (String test : row.group(1).split(", (?=[A-Z]|sdk/)", -1)) {
          if (!exists(test, classes)) {
            wrong.add("no such test: " + test);
          }
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertTrue(rules > 200, "only " + rules);
  }

  private static boolean exists(String test, Map<String, String> classes) throws IOException {
    Matcher script = SCRIPT.matcher(test);
    if (script.matches()) {
      Path file = ROOT.resolve(script.group(1));
      return Files.exists(file)
          && Files.readString(file).contains("test('" + script.group(2) + "'");
    }
    Matcher java = JAVA.matcher(test);
    return java.matches()
        && classes.containsKey(java.group(1))
        && Arrays.stream(loaded(classes.get(java.group(1))).getDeclaredMethods())
            .anyMatch(
                method ->
                    method.getName().equals(java.group(2))
                        && (method.isAnnotationPresent(Test.class)
                            || method.isAnnotationPresent(ParameterizedTest.class)));
  }

  /** Without running what it does when it is made. */
  private static Class<?> loaded(String name) {
    try {
      return Class.forName(name, false, SpecificationRulesTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** Test classes of the server by their simple names. */
  private static Map<String, String> classes() {
    Path sources = Path.of("src/test/java");
    Map<String, String> found = new HashMap<>();
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .filter(file -> file.toString().endsWith("Test.java"))
          .forEach(
              file -> {
                String name = sources.relativize(file).toString().replace('/', '.');
                String full = name.substring(0, name.length() - ".java".length());
                found.put(full.substring(full.lastIndexOf('.') + 1), full);
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** One line of words, so that a phrase is found wherever lines break. */
  private static String section(String document) {
    String after = document.substring(document.indexOf("## What is not there yet"));
    int next = after.indexOf("\n## ", 1);
    return (next < 0 ? after : after.substring(0, next)).replaceAll("\\s+", " ");
  }
}
