package im.palisade.server.backup;

import java.util.Arrays;
import java.util.List;

/** Semantic versions, as far as a restore has to tell earlier from later. */
final class Versions {
  private Versions() {}

  /**
   * Less than, equal to or greater than 0; what follows a {@code -} or {@code +} does not count.
   */
  static int compare(String one, String other) {
    List<Integer> a = numbers(one);
    List<Integer> b = numbers(other);
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      int difference = Integer.compare(i < a.size() ? a.get(i) : 0, i < b.size() ? b.get(i) : 0);
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  private static List<Integer> numbers(String version) {
    return Arrays.stream(version.split("[-+]", 2)[0].split("\\.", -1))
        .map(part -> part.matches("\\d{1,9}") ? Integer.parseInt(part) : 0)
        .toList();
  }
}
