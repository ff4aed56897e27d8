package im.palisade.server.groupmessage;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.group.Group;
import im.palisade.server.group.PermissionStore;
import im.palisade.server.group.PermissionStore.Granted;
import im.palisade.server.group.Permit;
import im.palisade.server.group.Rule;
import im.palisade.server.groupmessage.GroupMessageStore.Ends;
import im.palisade.server.groupmessage.GroupMessageStore.Line;
import im.palisade.server.groupmessage.GroupMessageStore.Span;
import im.palisade.server.groupmessage.GroupMessageStore.View;
import im.palisade.server.groupmessage.MembershipStore.Memberships;
import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.MessageHistory;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads stored group messages, as a back end and as a member sees them. */
final class GroupHistory {
  /** Sequences that one call of a back end looks at. */
  private static final int EXAMINED = 1_000;

  private static final int CHUNK = 100;

  private final Regions regions;
  private final Clock clock;
  private final GroupMessageStore store = new GroupMessageStore();
  private final PermissionStore permissions = new PermissionStore();
  private final MembershipStore memberships = new MembershipStore();

  GroupHistory(Regions regions, Clock clock) {
    this.regions = regions;
    this.clock = clock;
  }

  /** What stands at a sequence. */
  sealed interface Entry {
    long seq();

    /** A message, recalled or not. */
    record Message(Line line) implements Entry {
      @Override
      public long seq() {
        return line.message().seq();
      }
    }

    /** Something that is no longer there. */
    record Hole(long seq) implements Entry {}

    /** Where to go on from when all that was looked at had been recalled. */
    record Marker(long seq) implements Entry {}
  }

  /**
   * A page of a back end, newest first.
   *
   * @param lowest the lowest sequence that was looked at; 1 when the beginning is reached
   */
  record AppPage(List<Entry> entries, long lowest) {}

  /**
   * A page of a member, oldest first.
   *
   * @param complete whether nothing lies beyond it in the direction asked for
   */
  record MemberPage(List<Line> lines, boolean complete) {}

  /**
   * Everything from a sequence downwards. An operator reads content here, so the intent is on
   * record before anything is returned.
   *
   * @param from 0 for the newest
   * @param limit most entries
   * @throws ImException GROUP_WITHOUT_HISTORY
   */
  AppPage page(App app, Place place, long from, boolean withRecalled, int limit, Cause cause) {
    Group group = place.group();
    if (!group.type().allows(Rule.HISTORY)) {
      throw new ImException(ErrorCode.GROUP_WITHOUT_HISTORY);
    }
    Region region = regions.of(app);
    return region.reading(
        cause.event("content.read", new Target("conversation", Long.toString(place.id()))),
        page -> page.entries().size(),
        () -> page(app, region, place, from, withRecalled, limit));
  }

  private AppPage page(
      App app, Region region, Place place, long from, boolean withRecalled, int limit) {
    Ends ends = region.read(connection -> store.ends(connection, place.id()));
    long since = MessageHistory.retainedSince(app, clock);
    long next = from == 0 ? ends.lastSeq() : Math.min(from, ends.lastSeq());
    long stop = Math.max(1, next - EXAMINED + 1);
    List<Entry> entries = new ArrayList<>();
    while (next >= stop && entries.size() < limit) {
      long top = next;
      long bottom = Math.max(stop, next - CHUNK + 1);
      Map<Long, Line> lines = new HashMap<>();
      region
          .read(c -> store.all(c, place.id(), bottom - 1, top + 1, since))
          .forEach(line -> lines.put(line.message().seq(), line));
      while (next >= bottom && entries.size() < limit) {
        Line line = lines.get(next);
        if (line == null) {
          entries.add(new Entry.Hole(next));
        } else if (withRecalled || !line.message().has(MessageFlags.RECALLED)) {
          entries.add(new Entry.Message(line));
        }
        next--;
      }
    }
    if (entries.isEmpty() && next >= 1) {
      entries.add(new Entry.Marker(next + 1));
    }
    return new AppPage(entries, next + 1);
  }

  /**
   * The newest messages before a sequence that the account may see.
   *
   * @throws ImException GROUP_NOT_PERMITTED when it never belonged; GROUP_WITHOUT_HISTORY
   */
  MemberPage before(App app, Place place, Account viewer, long before, int limit) {
    View view = view(app, place, viewer);
    List<Line> found = regions.of(app).read(c -> store.seen(c, view, 0, before, true, limit + 1));
    return new MemberPage(first(found, limit).reversed(), found.size() <= limit);
  }

  /** The oldest messages after a sequence that the account may see. */
  MemberPage after(App app, Place place, Account viewer, long after, int limit) {
    View view = view(app, place, viewer);
    List<Line> found =
        regions.of(app).read(c -> store.seen(c, view, after, Long.MAX_VALUE, false, limit + 1));
    return new MemberPage(first(found, limit), found.size() <= limit);
  }

  /** Those of the messages that the account may see, in the order of their numbers. */
  List<Line> some(App app, Place place, Account viewer, List<Long> seqs) {
    View view = view(app, place, viewer);
    List<Long> wanted = seqs.stream().distinct().sorted().toList();
    return wanted.isEmpty() ? List.of() : regions.of(app).read(c -> store.some(c, view, wanted));
  }

  private View view(App app, Place place, Account viewer) {
    Group group = place.group();
    if (!group.type().allows(Rule.HISTORY)) {
      throw new ImException(ErrorCode.GROUP_WITHOUT_HISTORY);
    }
    Region region = regions.of(app);
    Memberships found = region.read(c -> memberships.of(c, group.id(), viewer.id()));
    if (found.spans().isEmpty()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a member");
    }
    if (group.enablePermission() && group.ownerId() != viewer.id()) {
      long topic = place.topic().map(Place.Topic::id).orElse(0L);
      Granted granted = region.read(c -> permissions.granted(c, group.id(), topic, viewer.id()));
      long bits = granted.communityBits() | group.defaultPermission();
      if (!Permit.READ_HISTORY.in(bits, granted.topicBits())) {
        throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not permitted to read history");
      }
    }
    Ends ends = region.read(c -> store.ends(c, place.id()));
    long since = MessageHistory.retainedSince(app, clock);
    if (place.topic().isPresent()) {
      if (!found.present()) {
        throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a member");
      }
      long cleared = region.read(c -> memberships.topicClearSeq(c, place.id(), viewer.id()));
      // Memberships are of the community: in its topics only their time tells what came before.
      long readable =
          group.showsHistoryBeforeJoin()
              ? since
              : Math.max(since, region.read(c -> memberships.joinTime(c, group.id(), viewer.id())));
      return new View(
          place.id(),
          viewer.id(),
          Math.max(cleared, ends.clearSeq()),
          readable,
          List.of(new Span(1, Integer.toUnsignedLong(-1))));
    }
    boolean everything = found.present() && group.showsHistoryBeforeJoin();
    return new View(
        place.id(),
        viewer.id(),
        Math.max(found.clearSeq(), ends.clearSeq()),
        since,
        everything ? List.of(new Span(1, Integer.toUnsignedLong(-1))) : found.spans());
  }

  private static List<Line> first(List<Line> lines, int limit) {
    return lines.size() <= limit ? lines : new ArrayList<>(lines.subList(0, limit));
  }
}
