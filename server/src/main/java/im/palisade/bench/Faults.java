package im.palisade.bench;

import java.util.ArrayList;
import java.util.List;

/** What must not happen, counted, with the first few in words. */
final class Faults {
  private static final int TOLD = 10;
  private final List<String> first = new ArrayList<>();
  private long count;

  synchronized void add(String what) {
    count++;
    if (first.size() < TOLD) {
      first.add(what);
    }
  }

  synchronized long count() {
    return count;
  }

  synchronized List<String> first() {
    return List.copyOf(first);
  }
}
