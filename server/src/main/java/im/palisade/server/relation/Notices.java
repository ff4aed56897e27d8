package im.palisade.server.relation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one transaction has to tell whom. */
final class Notices {
  private final Map<Long, Notice> byAccount = new LinkedHashMap<>();

  Notice of(long accountId) {
    return byAccount.computeIfAbsent(accountId, id -> new Notice());
  }

  Map<Long, Notice> all() {
    return byAccount;
  }

  /** An entry with the names of the lists it is in. */
  record Entry(Friend friend, List<String> lists) {}

  /** A request as one of its two sides sees it. */
  record Request(FriendRequest request, String peer, boolean incoming) {}

  /** A request that is no more. */
  record EndedRequest(String peer, boolean incoming) {}

  /** What is told to one account. */
  static final class Notice {
    final List<Entry> added = new ArrayList<>();
    final List<Entry> updated = new ArrayList<>();
    final List<String> deleted = new ArrayList<>();
    final List<Request> requested = new ArrayList<>();
    final List<EndedRequest> ended = new ArrayList<>();
    final List<String> blocked = new ArrayList<>();
    final List<String> unblocked = new ArrayList<>();
    final Map<String, Direction> followed = new LinkedHashMap<>();
    boolean lists;

    void added(Friend friend, List<String> names) {
      added.add(new Entry(friend, names));
    }

    void updated(Friend friend, List<String> names) {
      updated.add(new Entry(friend, names));
    }

    void deleted(String userId) {
      deleted.add(userId);
    }

    void requested(FriendRequest request, String peer, boolean incoming) {
      requested.add(new Request(request, peer, incoming));
    }

    void requestEnded(String peer, boolean incoming) {
      ended.add(new EndedRequest(peer, incoming));
    }

    void blocked(String userId) {
      blocked.add(userId);
    }

    void unblocked(String userId) {
      unblocked.add(userId);
    }

    void followed(String userId, Direction direction) {
      followed.put(userId, direction);
    }

    void listsChanged() {
      lists = true;
    }
  }
}
