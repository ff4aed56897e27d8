package im.palisade.server.liveroom;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which accounts of a room carry which mark (group-semantics §10.4). Guarded by the room. */
final class Marks {
  /** Marks from here on are the app's own; those below are the room's. */
  static final int FIRST_FREE = 1_000;

  /** Different marks in one room. */
  static final int MOST_MARKS = 10;

  /** Accounts with the same mark in one room. */
  static final int MOST_MARKED = 1_000;

  private final Map<Integer, LinkedHashSet<Long>> marked = new HashMap<>();

  /**
   * Lets pass what keeps to the limits.
   *
   * @throws ImException GROUP_INVALID_PARAMETER
   */
  void checkAdded(Map<Long, List<Integer>> added) {
    Map<Integer, Set<Long>> newcomers = new HashMap<>();
    added.forEach(
        (account, marks) ->
            marks.forEach(
                mark -> {
                  if (!of(mark).contains(account)) {
                    newcomers.computeIfAbsent(mark, key -> new LinkedHashSet<>()).add(account);
                  }
                }));
    Set<Integer> all = new LinkedHashSet<>(marked.keySet());
    all.addAll(newcomers.keySet());
    if (all.size() > MOST_MARKS) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "more than " + MOST_MARKS + " marks in the room");
    }
    newcomers.forEach(
        (mark, accounts) -> {
          if (of(mark).size() + accounts.size() > MOST_MARKED) {
            throw new ImException(
                ErrorCode.GROUP_INVALID_PARAMETER,
                "more than " + MOST_MARKED + " accounts with mark " + mark);
          }
        });
  }

  /** Accounts with a mark, in the order in which they got it. */
  Collection<Long> of(int mark) {
    LinkedHashSet<Long> found = marked.get(mark);
    return found == null ? Set.of() : found;
  }

  void add(long account, int mark) {
    marked.computeIfAbsent(mark, key -> new LinkedHashSet<>()).add(account);
  }

  void remove(long account, int mark) {
    LinkedHashSet<Long> found = marked.get(mark);
    if (found != null && found.remove(account) && found.isEmpty()) {
      marked.remove(mark);
    }
  }
}
