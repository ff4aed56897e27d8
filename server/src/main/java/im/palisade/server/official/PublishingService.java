package im.palisade.server.official;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.app.OfficialAccounts;
import im.palisade.server.audit.Cause;
import im.palisade.server.message.Announced;
import im.palisade.server.message.Broadcasts;
import im.palisade.server.message.Broadcasts.Broadcast;
import im.palisade.server.message.Broadcasts.Draft;
import im.palisade.server.message.Broadcasts.Place;
import im.palisade.server.message.Broadcasts.Range;
import im.palisade.server.message.Broadcasts.Recall;
import im.palisade.server.message.MessageBody;
import im.palisade.server.official.OfficialHook.Fact;
import im.palisade.server.official.OfficialHook.Publication;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What official accounts publish (rest-conversations-ops I10–I12): stored once, whatever the number
 * of subscribers.
 */
final class PublishingService {
  private static final Duration REPEATED = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final long U32 = 0xFFFF_FFFFL;

  private final Regions regions;
  private final Broadcasts broadcasts;
  private final OfficialStore store;
  private final OfficialNotices notices;
  private final OfficialHook hook;
  private final Clock clock;
  private final SendStore sends = new SendStore();

  PublishingService(
      Regions regions,
      Broadcasts broadcasts,
      OfficialStore store,
      OfficialNotices notices,
      OfficialHook hook,
      Clock clock) {
    this.regions = regions;
    this.broadcasts = broadcasts;
    this.store = store;
    this.notices = notices;
    this.hook = hook;
    this.clock = clock;
  }

  /**
   * Publishes, or answers with the message of the last five minutes that had the same content and
   * random. The rate holds over restarts and counts what is not stored as well.
   *
   * @param onlineOnly for live connections only, not stored
   * @throws ImException 130004, TEXT_PROHIBITED, COMMAND_RATE_EXCEEDED, and what the app's own
   *     server answers
   */
  Place send(
      App app, String account, Draft wanted, boolean onlineOnly, Announced announced, Cause cause) {
    OfficialAccounts settings = OfficialFaults.settings(app);
    byte[] digest = digest(wanted.body());
    Optional<Place> first =
        regions.of(app).read(connection -> earlier(connection, app, account, wanted, digest));
    if (first.isPresent()) {
      // Answered as it was then, whatever words have been forbidden since.
      return first.get();
    }
    Optional<Draft> asked = asked(app, account, wanted, onlineOnly, announced);
    if (asked.isEmpty()) {
      return new Place(drawn(), clock.instant().getEpochSecond());
    }
    Draft draft = broadcasts.judged(app, asked.get());
    record Sent(OfficialAccount from, Optional<Broadcast> message, Place place) {}
    Sent sent =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  OfficialAccount from = lock(unit, app, account);
                  long id = from.conversationId();
                  long now = clock.millis();
                  Optional<Place> earlier =
                      sends.repeated(
                          unit.connection(), id, draft.random(), digest, now - REPEATED.toMillis());
                  if (earlier.isPresent()) {
                    return new Sent(from, Optional.empty(), earlier.get());
                  }
                  check(unit, id, SECOND, settings.messagesPerSecond(), now);
                  check(unit, id, HOUR, settings.messagesPerHour(), now);
                  Broadcast message =
                      onlineOnly
                          ? broadcasts.online(draft)
                          : broadcasts.append(unit, app, id, draft);
                  Place place = new Place(onlineOnly ? drawn() : message.seq(), message.time());
                  sends.note(
                      unit.connection(),
                      id,
                      draft.random(),
                      digest,
                      place,
                      now,
                      now - HOUR.toMillis());
                  unit.record(cause.event("message.broadcast", OfficialService.target(id)));
                  if (announced.after()) {
                    hook.happened(
                        unit,
                        app,
                        id,
                        new Fact.Published(
                            new Publication(account, onlineOnly, draft.body()),
                            OfficialJson.key(place),
                            place.time()),
                        announced.origin());
                  }
                  return new Sent(from, Optional.of(message), place);
                });
    sent.message()
        .ifPresent(
            message ->
                notices.published(app, sent.from(), message, OfficialJson.key(sent.place())));
    return sent.place();
  }

  private Optional<Draft> asked(
      App app, String account, Draft wanted, boolean onlineOnly, Announced announced) {
    if (!announced.before()) {
      return Optional.of(wanted);
    }
    // One that does not exist is nobody's to decide about.
    if (regions.of(app).read(c -> store.find(c, app.appId(), account)).isEmpty()) {
      throw OfficialFaults.missing();
    }
    Optional<MessageBody> passed;
    try {
      passed =
          hook.beforeSend(
              app, new Publication(account, onlineOnly, wanted.body()), announced.origin());
    } catch (ImException refusal) {
      broadcasts.blockedByWebhook(app, OptionalInt.of(refusal.code()));
      throw refusal;
    }
    if (passed.isEmpty()) {
      broadcasts.blockedByWebhook(app, OptionalInt.empty());
    }
    return passed.map(wanted::withBody);
  }

  /**
   * Recalls messages, whatever their age; those recalled before stay so.
   *
   * @return the places that name a message
   * @throws ImException 130004
   */
  List<Place> recall(App app, String account, List<Place> places, String reason, Cause cause) {
    OfficialFaults.settings(app);
    record Done(OfficialAccount from, Recall recall) {}
    Done done =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  OfficialAccount from = lock(unit, app, account);
                  long id = from.conversationId();
                  List<Target> targets = new ArrayList<>();
                  targets.add(OfficialService.target(id));
                  places.forEach(
                      place -> targets.add(new Target("message", id + "/" + place.seq())));
                  Recall recall =
                      broadcasts.recall(
                          unit,
                          app,
                          id,
                          places,
                          cause.event("message.recall", Outcome.SUCCESS, targets));
                  if (!recall.changed().isEmpty()) {
                    List<String> keys =
                        recall.changed().stream()
                            .map(each -> OfficialJson.key(new Place(each.seq(), each.time())))
                            .toList();
                    hook.happened(unit, app, id, new Fact.Recalled(account, keys), cause.origin());
                  }
                  return new Done(from, recall);
                });
    notices.recalled(app, done.from(), done.recall().changed(), reason);
    return done.recall().found();
  }

  /**
   * A page of messages, newest first.
   *
   * @param beyond whether older ones follow
   * @param expired whether older ones were there once
   */
  record Page(List<Broadcast> messages, boolean beyond, boolean expired) {}

  /** Messages before a sequence, as an operator reads them: the intent is on record first. */
  Page read(
      App app, OfficialAccount from, long before, boolean withRecalled, int limit, Cause cause) {
    long id = from.conversationId();
    return regions
        .of(app)
        .reading(
            cause.event("content.read", OfficialService.target(id)),
            page -> page.messages().size(),
            () -> read(app, from, before, withRecalled, limit));
  }

  private Page read(App app, OfficialAccount from, long before, boolean withRecalled, int limit) {
    long id = from.conversationId();
    List<Broadcast> found =
        broadcasts.page(app, id, new Range(before, 0, true, withRecalled), limit + 1);
    boolean beyond = found.size() > limit;
    OptionalLong oldest = beyond ? OptionalLong.empty() : broadcasts.oldest(app, id);
    boolean expired = !beyond && from.lastSeq() > 0 && oldest.orElse(Long.MAX_VALUE) > 1;
    return new Page(beyond ? found.subList(0, limit) : found, beyond, expired);
  }

  private Optional<Place> earlier(
      Connection connection, App app, String account, Draft draft, byte[] digest)
      throws SQLException {
    Optional<OfficialAccount> from = store.find(connection, app.appId(), account);
    return from.isEmpty()
        ? Optional.empty()
        : sends.repeated(
            connection,
            from.get().conversationId(),
            draft.random(),
            digest,
            clock.millis() - REPEATED.toMillis());
  }

  private void check(UnitOfWork unit, long conversationId, Duration span, int most, long now)
      throws SQLException {
    if (most > 0
        && sends.sentSince(unit.connection(), conversationId, now - span.toMillis()) >= most) {
      throw new ImException(
          ErrorCode.COMMAND_RATE_EXCEEDED,
          "an official account may send " + most + " messages in " + span.toSeconds() + " s");
    }
  }

  private OfficialAccount lock(UnitOfWork unit, App app, String account) throws SQLException {
    return store.lock(unit.connection(), app.appId(), account).orElseThrow(OfficialFaults::missing);
  }

  /**
   * What is not stored needs a key all the same, unlike any other; nothing rests on guessing it.
   */
  private static long drawn() {
    return ThreadLocalRandom.current().nextInt() & U32;
  }

  private static byte[] digest(MessageBody body) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(body.elements());
      body.cloudCustomData()
          .ifPresent(
              custom -> {
                sha.update((byte) 0);
                sha.update(custom.getBytes(StandardCharsets.UTF_8));
              });
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
