package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.message.MessageStore.TimePosition;
import im.palisade.server.message.MessageStore.Visibility;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads stored one-to-one messages as one side sees them. */
public final class MessageHistory {
  private static final long SECONDS_PER_DAY = 86_400;

  private final Regions regions;
  private final AccountService accounts;
  private final ConversationService conversations;
  private final Clock clock;
  private final MessageStore store = new MessageStore();

  MessageHistory(
      Regions regions, AccountService accounts, ConversationService conversations, Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.conversations = conversations;
    this.clock = clock;
  }

  /**
   * A page of messages, oldest first.
   *
   * @param complete whether nothing lies beyond the page in the direction asked for
   */
  record Page(List<StoredMessage> messages, boolean complete) {
    static final Page EMPTY = new Page(List.of(), true);
  }

  /** Who keeps conversations with peers of that id, when it is none of an account. */
  Optional<ConversationKeeper> keeper(String peerId) {
    return conversations.keeper(peerId);
  }

  /** The newest messages before a sequence (exclusive). */
  Page before(App app, Account viewer, String peerId, long before, int limit) {
    return view(app, viewer, peerId)
        .map(
            view -> {
              List<StoredMessage> found =
                  regions.of(app).read(c -> store.before(c, view, before, 0, limit + 1));
              Page page = page(found, limit);
              return new Page(page.messages().reversed(), page.complete());
            })
        .orElse(Page.EMPTY);
  }

  /** The oldest messages after a sequence (exclusive). */
  Page after(App app, Account viewer, String peerId, long after, int limit) {
    return view(app, viewer, peerId)
        .map(
            view ->
                page(
                    regions
                        .of(app)
                        .read(c -> store.after(c, view, after, Long.MAX_VALUE, limit + 1)),
                    limit))
        .orElse(Page.EMPTY);
  }

  /**
   * Messages of a span of time, as {@code admin_getroammsg} pages them: the newest part first,
   * ascending within the page. An operator reads content here, so the intent is on record before
   * anything is returned.
   *
   * @param last key of the oldest message of the page before, to go on from
   */
  Page byTime(
      App app,
      Account viewer,
      String peerId,
      long from,
      long to,
      Optional<MsgKey> last,
      int limit,
      Cause cause) {
    Optional<Visibility> view = view(app, viewer, peerId);
    Target conversation =
        new Target("conversation", view.map(v -> Long.toString(v.conversationId())).orElse("none"));
    return regions
        .of(app)
        .reading(
            cause.event("content.read", conversation, AccountService.target(viewer)),
            page -> page.messages().size(),
            () ->
                view.isEmpty() || from > to
                    ? Page.EMPTY
                    : byTime(regions.of(app), view.get(), from, to, last, limit));
  }

  private Page byTime(
      Region region, Visibility view, long from, long to, Optional<MsgKey> last, int limit) {
    TimePosition position =
        last.map(key -> position(region, view, key, to)).orElse(TimePosition.endOf(to));
    Page page = page(region.read(c -> store.byTime(c, view, from, position, limit + 1)), limit);
    return new Page(page.messages().reversed(), page.complete());
  }

  /** A key that no longer exists is a position all the same: its three numbers. */
  private TimePosition position(Region region, Visibility view, MsgKey key, long to) {
    if (key.time() > to) {
      return TimePosition.endOf(to);
    }
    List<Long> seqs = region.read(c -> store.seqsOf(c, view.conversationId(), key));
    return new TimePosition(key.time(), key.msgSeq(), seqs.isEmpty() ? 0 : seqs.getFirst());
  }

  /** Those of the messages that a side has a copy of, in the order of their numbers. */
  List<StoredMessage> some(App app, Account viewer, String peerId, List<Long> seqs) {
    return view(app, viewer, peerId)
        .map(view -> regions.of(app).read(c -> store.some(c, view, seqs)))
        .orElse(List.of());
  }

  private Optional<Visibility> view(App app, Account viewer, String peerId) {
    return accounts
        .findLatest(app, peerId)
        .flatMap(peer -> conversations.find(app, viewer, peer))
        .map(
            conversation ->
                new Visibility(
                    conversation.id(),
                    viewer.id(),
                    conversations.clearSeq(app, conversation, viewer.id()),
                    retainedSince(app, clock)));
  }

  /** UNIX seconds where the app's retention begins; earlier messages are as good as deleted. */
  public static long retainedSince(App app, Clock clock) {
    int days = app.settings().historyDays();
    return days == 0 ? 0 : clock.instant().getEpochSecond() - days * SECONDS_PER_DAY;
  }

  private static Page page(List<StoredMessage> found, int limit) {
    return found.size() <= limit
        ? new Page(found, true)
        : new Page(new ArrayList<>(found.subList(0, limit)), false);
  }
}
