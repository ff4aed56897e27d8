package im.palisade.server.admin.door;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Every call of the console. */
public final class AdminTable {
  /** Where the calls begin. */
  public static final String PREFIX = "/console/api";

  private final List<AdminEndpoint<?, ?>> all;
  private final Map<Integer, List<Route>> byLength;

  /** A path cut up. */
  private record Route(List<String> parts, AdminEndpoint<?, ?> endpoint) {
    boolean fits(List<String> actual) {
      for (int i = 0; i < parts.size(); i++) {
        String part = parts.get(i);
        boolean fits = part.startsWith("{") ? isNumber(actual.get(i)) : part.equals(actual.get(i));
        if (!fits) {
          return false;
        }
      }
      return true;
    }

    long number(String name, List<String> actual) {
      int at = parts.indexOf("{" + name + "}");
      return at < 0 ? 0 : Long.parseLong(actual.get(at));
    }
  }

  /**
   * A path that was found.
   *
   * @param app the number in place of {@code {app}}, else 0
   * @param id the number in place of {@code {id}}, else 0
   */
  record Match(AdminEndpoint<?, ?> endpoint, long app, long id) {}

  /**
   * Makes the table.
   *
   * @throws IllegalArgumentException when two calls claim one path
   */
  public AdminTable(List<AdminEndpoint<?, ?>> endpoints) {
    all = List.copyOf(endpoints);
    Set<String> claimed = new HashSet<>();
    for (AdminEndpoint<?, ?> endpoint : all) {
      if (!claimed.add(endpoint.method() + endpoint.path())
          || !claimed.add(endpoint.operationId())) {
        throw new IllegalArgumentException("two calls claim " + endpoint.path());
      }
    }
    byLength =
        all.stream()
            .map(endpoint -> new Route(parts(endpoint.path()), endpoint))
            .collect(Collectors.groupingBy(route -> route.parts().size()));
  }

  /** Every call, in the order declared. */
  public List<AdminEndpoint<?, ?>> all() {
    return all;
  }

  /** The calls of that path below the prefix, by whatever method. */
  List<Match> find(String path) {
    List<String> actual = parts(path);
    return byLength.getOrDefault(actual.size(), List.of()).stream()
        .filter(route -> route.fits(actual))
        .map(
            route ->
                new Match(
                    route.endpoint(), route.number("app", actual), route.number("id", actual)))
        .toList();
  }

  /** The one of them with that method. */
  static Optional<Match> by(String method, List<Match> matches) {
    return matches.stream()
        .filter(match -> match.endpoint().method().name().equals(method))
        .findFirst();
  }

  private static List<String> parts(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  /** Decimal digits of a long and nothing else. */
  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 18
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
