package im.palisade.server.message;

import im.palisade.server.message.CommitFeed.Range;
import im.palisade.server.store.Region;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was stored in a time, by app and conversation: the audit log commits to it, so that a
 * message that goes missing later is missed.
 */
public final class SequenceHeads {
  private static final Duration SLICE = Duration.ofMinutes(1);

  private final SequenceHeadStore store = new SequenceHeadStore();

  /** Sequences [from, to] that a conversation got. */
  public record Head(long conversationId, long from, long to) {
    Head and(Head other) {
      return new Head(conversationId, Math.min(from, other.from()), Math.max(to, other.to()));
    }

    /** Messages among them. */
    public long messages() {
      return to - from + 1;
    }
  }

  /** The heads of each app, by conversation; the feed remembers a day. */
  public Map<Long, Collection<Head>> within(Region region, Instant from, Instant to) {
    Map<Long, Head> heads = new TreeMap<>();
    for (Instant at = from; at.isBefore(to); at = at.plus(SLICE)) {
      long begin = at.toEpochMilli();
      long end = Math.min(to.toEpochMilli(), at.plus(SLICE).toEpochMilli());
      List<Range> ranges = region.read(c -> CommitFeed.within(c, begin, end));
      for (Range range : ranges) {
        heads.merge(
            range.conversationId(),
            new Head(range.conversationId(), range.fromSeq(), range.toSeq()),
            Head::and);
      }
    }
    Map<Long, Long> apps = new HashMap<>();
    region.read(
        connection -> {
          store.appsOf(connection, heads.keySet(), apps);
          return null;
        });
    Map<Long, Map<Long, Head>> byApp = new TreeMap<>();
    heads.forEach(
        (id, head) ->
            byApp.computeIfAbsent(apps.getOrDefault(id, 0L), _ -> new TreeMap<>()).put(id, head));
    Map<Long, Collection<Head>> found = new TreeMap<>();
    byApp.forEach((app, of) -> found.put(app, of.values()));
    return found;
  }
}
