package im.palisade.bench;

import java.util.ArrayList;
import java.util.List;

/** What must not happen, counted, with the first few in words. */
final class Faults {
  private static final int TOLD = 10;
  private final List<String> first = new ArrayList<>();
  private long count;

  void add(String what) {
    count++;
    if (first.size() < TOLD) {
      first.add(what);
    }
  }

  long count() {
    return count;
  }

  List<String> first() {
    return List.copyOf(first);
  }
}
