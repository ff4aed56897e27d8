package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.admin.door.Access;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Every act of the API stands behind something in the pages, and whatever does it is shown to those
 * only who have its permission: the page's in the router, or one that is asked for on the spot.
 */
class ConsoleButtonsTest {
  private static final Path SOURCES = Path.of("..", "console-web", "src");
  private static final Pattern POST = Pattern.compile("api\\.POST\\(\\s*['`]([^'`]+)['`]");
  private static final Pattern PAGE =
      Pattern.compile(
          "import\\('\\./pages/(\\w+)\\.vue'\\),\\s*meta: \\{[^}]*?permission:"
              + " (\\[[^\\]]*\\]|'[^']*')");

  /** What is done by no page, and why. */
  private static final Map<String, String> ELSEWHERE =
      Map.of("/session/end", "the shell's button to sign out");

  private final Map<String, String> sources = sources();
  private final Map<String, String> pages = pages();

  @Test
  void everyActIsOfferedToThoseOnlyWhoMayDoIt() {
    List<String> unguarded = new ArrayList<>();
    Set<String> offered = new TreeSet<>();
    sources.forEach(
        (name, source) -> {
          Matcher posts = POST.matcher(source);
          while (posts.find()) {
            List<AdminEndpoint<?, ?>> acts = acts(posts.group(1));
            assertTrue(!acts.isEmpty(), () -> name + " calls what is not there: " + posts.group(1));
            for (AdminEndpoint<?, ?> act : acts) {
              offered.add(act.path());
              if (act.access() instanceof Access.Needs needs
                  && !isGuarded(name, needs.permission().word())) {
                unguarded.add(name + " offers " + act.path());
              }
            }
          }
        });
    assertEquals(List.of(), unguarded);
    Set<String> all = new TreeSet<>();
    TestServer.shared().server().adminTable().all().stream()
        .filter(endpoint -> endpoint.method() == AdminEndpoint.Method.POST)
        .forEach(endpoint -> all.add(endpoint.path()));
    all.removeAll(ELSEWHERE.keySet());
    offered.removeAll(ELSEWHERE.keySet());
    assertEquals(all, offered);
  }

  /** The acts that a path in the pages stands for; {@code ${name}} for any word. */
  private static List<AdminEndpoint<?, ?>> acts(String path) {
    Pattern pattern =
        Pattern.compile(Pattern.quote(path).replaceAll("\\$\\{\\w+\\}", "\\\\E[^/{}]+\\\\Q"));
    return TestServer.shared().server().adminTable().all().stream()
        .filter(endpoint -> endpoint.method() == AdminEndpoint.Method.POST)
        .filter(endpoint -> pattern.matcher(endpoint.path()).matches())
        .<AdminEndpoint<?, ?>>map(endpoint -> endpoint)
        .toList();
  }

  private boolean isGuarded(String name, String permission) {
    String asked = "'" + permission + "'";
    if (Pattern.compile("allows(Somewhere)?\\(" + asked).matcher(sources.get(name)).find()
        || pages.getOrDefault(name, "").contains(asked)) {
      return true;
    }
    List<String> users =
        sources.keySet().stream()
            .filter(
                user ->
                    sources.get(user).contains("<" + name + " ")
                        || sources.get(user).contains("<" + name + "\n"))
            .toList();
    return !users.isEmpty()
        && users.stream()
            .allMatch(
                user ->
                    Pattern.compile("<" + name + "\\s[^>]*allows\\(" + asked)
                            .matcher(sources.get(user))
                            .find()
                        || isGuarded(user, permission));
  }

  /** By the page's name, what the router asks for. */
  private Map<String, String> pages() {
    Map<String, String> found = new TreeMap<>();
    Matcher matcher = PAGE.matcher(sources.get("router"));
    while (matcher.find()) {
      found.put(matcher.group(1), matcher.group(2));
    }
    assertTrue(found.size() > 10, found::toString);
    return found;
  }

  private static Map<String, String> sources() {
    try (var files = Files.walk(SOURCES)) {
      Map<String, String> found = new TreeMap<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".vue") || name.endsWith(".ts")) {
          found.put(name.replaceAll("\\.(vue|ts)$", ""), Files.readString(file));
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
