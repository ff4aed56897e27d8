package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.moderation.Review;
import im.palisade.server.moderation.ReviewStore;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/** What operators do about messages between two, by the rules that hold over REST. */
public final class PairOperations {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final AccountService accounts;
  private final MessageService messages;
  private final MessageHistory history;
  private final MessageEdits edits;
  private final SendSummary summary;
  private final Regions regions;
  private final OneMessageStore store = new OneMessageStore();
  private final ReviewStore reviews = new ReviewStore();

  PairOperations(
      Regions regions,
      AccountService accounts,
      MessageService messages,
      MessageHistory history,
      MessageEdits edits,
      SendSummary summary) {
    this.regions = regions;
    this.accounts = accounts;
    this.messages = messages;
    this.history = history;
    this.edits = edits;
    this.summary = summary;
  }

  /**
   * A page, newest first.
   *
   * @param viewer internal id of the one whose side was read
   * @param next key to go on from; empty at the end
   */
  public record Page(long viewer, List<StoredMessage> messages, Optional<MsgKey> next) {}

  /**
   * One side of a conversation by time, newest first; the intent is on record before it is read.
   *
   * @param from UNIX seconds, inclusive
   * @param to UNIX seconds, inclusive
   * @param last key to go on from
   * @throws ImException ACCOUNT_NOT_FOUND
   */
  public Page read(
      App app,
      String userId,
      String peerId,
      long from,
      long to,
      Optional<MsgKey> last,
      int limit,
      Cause cause) {
    Account viewer =
        accounts
            .findLatest(app, userId)
            .orElseThrow(() -> new ImException(ErrorCode.ACCOUNT_NOT_FOUND));
    var page = history.byTime(app, viewer, peerId, from, to, last, limit, cause);
    List<StoredMessage> newestFirst = page.messages().reversed();
    return new Page(
        viewer.id(),
        newestFirst,
        page.complete() || newestFirst.isEmpty()
            ? Optional.empty()
            : Optional.of(newestFirst.getLast().key()));
  }

  /**
   * The message of an entry of the review queue; the intent is on record before it is read. Empty
   * when it is gone.
   */
  public Optional<StoredMessage> marked(App app, Review review, Cause cause) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              unit.record(
                  cause.event(
                      "content.read",
                      Outcome.INTENT,
                      List.of(new Target("conversation", Long.toString(review.conversationId())))));
              return null;
            });
    Optional<MsgKey> roomKey = review.roomKey().flatMap(MsgKey::parse);
    return roomKey.isPresent()
        ? regions
            .of(app)
            .read(connection -> reviews.said(connection, review.id()))
            .map(content -> said(review, roomKey.get(), content))
        : regions
            .of(app)
            .read(connection -> store.find(connection, review.conversationId(), review.seq()));
  }

  private static StoredMessage said(Review review, MsgKey key, byte[] content) {
    return new StoredMessage(
        review.conversationId(),
        review.seq(),
        review.senderId(),
        key.time(),
        key.msgSeq(),
        key.random(),
        MessageFlags.MARKED,
        MessageContent.decode(content));
  }

  /**
   * Sends for an account.
   *
   * @param operator account that stands for the console in the message's row
   */
  public Receipt send(
      App app, Account operator, Account from, Account to, MessageBody body, Cause cause) {
    OutgoingMessage message =
        new OutgoingMessage(
            app,
            from,
            new im.palisade.server.message.Target.Pair(to),
            new Door.Rest(operator.id(), cause.request(), Announced.by(cause.origin())),
            ThreadLocalRandom.current().nextInt() & 0xFFFF_FFFFL,
            OptionalLong.empty(),
            false,
            OptionalLong.empty(),
            body,
            false,
            true,
            true,
            true,
            false,
            false,
            false,
            false,
            OutgoingMessage.MAX_LIFE_TIME,
            Optional.empty());
    Receipt receipt = RestSends.await(PATIENCE, RestSends.offer(messages, message));
    summary.count(app, cause, "console/send", true, 1);
    return receipt;
  }

  /** Takes a message back for both sides. */
  public void recall(App app, Account from, Account to, MsgKey key, Cause cause) {
    edits.recall(app, from, to, key, cause);
  }
}
