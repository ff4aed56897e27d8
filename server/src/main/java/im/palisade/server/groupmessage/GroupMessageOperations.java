package im.palisade.server.groupmessage;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.message.Announced;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.message.Priority;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.SendSummary;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What operators do about group messages, by the rules that hold over REST. */
public final class GroupMessageOperations {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Regions regions;
  private final Places places;
  private final GroupHistory history;
  private final GroupSends sends;
  private final GroupEdits edits;
  private final SendSummary summary;
  private final GroupTimeStore times = new GroupTimeStore();

  GroupMessageOperations(
      Regions regions,
      Places places,
      GroupHistory history,
      GroupSends sends,
      GroupEdits edits,
      SendSummary summary) {
    this.regions = regions;
    this.places = places;
    this.history = history;
    this.sends = sends;
    this.edits = edits;
    this.summary = summary;
  }

  /** A message and the UserID it was sent by. */
  public record Entry(StoredMessage message, String from) {}

  /**
   * A page, newest first.
   *
   * @param next sequence to go on from; 0 at the end
   */
  public record Page(List<Entry> entries, long next) {}

  /**
   * What a group or topic keeps, by time, newest first; the intent is on record before it is read.
   *
   * @param from UNIX seconds, inclusive
   * @param to UNIX seconds, inclusive
   * @param before sequence to go on from; 0 for the newest
   * @throws ImException GROUP_NOT_FOUND, GROUP_WITHOUT_HISTORY
   */
  public Page read(
      App app,
      String groupId,
      Optional<String> topicId,
      long from,
      long to,
      long before,
      int limit,
      Cause cause) {
    Place place = places.named(app, groupId, topicId);
    long newest =
        before > 0 ? before : regions.of(app).read(c -> times.lastUntil(c, place.id(), to));
    if (newest == 0) {
      // Still on record: somebody wanted to know.
      var _ = history.page(app, place, 1, true, 1, cause);
      return new Page(List.of(), 0);
    }
    GroupHistory.AppPage page = history.page(app, place, newest, true, limit, cause);
    List<Entry> entries = new ArrayList<>();
    long next = page.lowest() > 1 ? page.lowest() - 1 : 0;
    for (GroupHistory.Entry each : page.entries()) {
      if (each instanceof GroupHistory.Entry.Message message) {
        long time = message.line().message().time();
        if (time < from) {
          return new Page(entries, 0);
        }
        if (time <= to) {
          entries.add(new Entry(message.line().message(), message.line().from()));
        }
      }
    }
    return new Page(entries, next);
  }

  /**
   * Sends for an account into a group, a topic or a live room.
   *
   * @param operator account that stands for the console in the message's row
   * @return the sequence; 0 when it was only for those who are there
   */
  public long send(
      App app,
      String groupId,
      Optional<String> topicId,
      Account operator,
      Account from,
      MessageBody body,
      Cause cause) {
    Place place = places.named(app, groupId, topicId);
    Draft draft =
        new Draft(
            body,
            ThreadLocalRandom.current().nextInt() & 0xFFFF_FFFFL,
            Priority.NORMAL,
            false,
            false,
            false,
            false,
            false,
            List.of(),
            List.of(),
            Optional.empty());
    CompletableFuture<Long> sent = new CompletableFuture<>();
    sends.send(
        app,
        place,
        from,
        GroupSends.Author.APP_FOR_ACCOUNT,
        new Door.Rest(operator.id(), cause.request(), Announced.by(cause.origin())),
        draft,
        new Waiting(sent));
    long seq = await(sent);
    summary.count(app, cause, "console/send", true, 1);
    return seq;
  }

  /**
   * Takes a message back.
   *
   * @throws ImException when the group's rules refuse
   */
  public void recall(
      App app, String groupId, Optional<String> topicId, long seq, Account operator, Cause cause) {
    Place place = places.named(app, groupId, topicId);
    int code =
        edits.recall(app, place, List.of(seq), operator.userId(), "", cause).getOrDefault(seq, 0);
    if (code != 0) {
      throw new ImException(code, "the message cannot be taken back");
    }
  }

  private record Waiting(CompletableFuture<Long> sent) implements GroupSends.Answer {
    @Override
    public void sent(Receipt receipt) {
      sent.complete(receipt.seq());
    }

    @Override
    public void refused(ImException reason) {
      sent.completeExceptionally(reason);
    }

    @Override
    public void dropped(long time) {
      sent.complete(0L);
    }
  }

  private static long await(CompletableFuture<Long> sent) {
    try {
      return sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ImException(ErrorCode.GROUP_INTERNAL);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ImException refusal
          ? refusal
          : new ImException(ErrorCode.GROUP_INTERNAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImException(ErrorCode.GROUP_INTERNAL);
    }
  }
}
