package im.palisade.server.moderation;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.moderation.LocalWord.Counts;
import im.palisade.server.moderation.LocalWord.Name;
import im.palisade.server.moderation.LocalWord.Page;
import im.palisade.server.moderation.LocalWord.Query;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The rules of an app's own word list (rest-conversations-ops K3–K5). */
public final class LocalWordService {
  private final Regions regions;
  private final Clock clock;
  private final LocalWordStore store = new LocalWordStore();
  private final ListVersionStore versions = new ListVersionStore(ListVersionStore.LOCAL);
  private final AppFilters<LocalFilter> filters;

  public LocalWordService(Regions regions, Clock clock) {
    this.regions = regions;
    this.clock = clock;
    this.filters =
        new AppFilters<>(
            app -> regions.of(app).read(connection -> versions.read(connection, app.appId())),
            app -> new LocalFilter(all(app)),
            clock);
  }

  /** A word to add; one of the same keyword and kind is changed. */
  public record Given(String keyword, WordKind kind, WordAction action, String replacement) {}

  /**
   * Adds words, all or none.
   *
   * @throws ImException MODERATION_INVALID_PARAMETER for a keyword that cannot be used,
   *     MODERATION_TOO_MANY_WORDS when the list would be too long
   */
  public void put(App app, List<Given> given, Cause cause) {
    given.forEach(LocalWordService::check);
    List<LocalWord> words =
        given.stream()
            .map(
                each ->
                    new LocalWord(
                        0,
                        each.keyword(),
                        each.kind(),
                        each.action(),
                        each.replacement(),
                        clock.instant()))
            .toList();
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              versions.next(unit.connection(), app.appId());
              store.put(unit.connection(), app.appId(), words);
              checkRoom(unit.connection(), app, words);
              List<Target> targets = new ArrayList<>();
              for (LocalWord word : words) {
                Name name = new Name(OptionalLong.empty(), word.keyword(), word.kind());
                store
                    .find(unit.connection(), app.appId(), name)
                    .ifPresent(id -> targets.add(target(id)));
              }
              unit.record(cause.event("config.moderation.set", Outcome.SUCCESS, targets));
              return null;
            });
    filters.changed(app);
  }

  /** Removes words; those that are not there are passed over. */
  public void delete(App app, List<Name> names, Cause cause) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              List<Target> targets = new ArrayList<>();
              for (Name name : names) {
                OptionalLong id = store.find(unit.connection(), app.appId(), name);
                if (id.isPresent()) {
                  store.delete(unit.connection(), id.getAsLong());
                  targets.add(target(id.getAsLong()));
                }
              }
              if (!targets.isEmpty()) {
                versions.next(unit.connection(), app.appId());
                unit.record(cause.event("config.moderation.set", Outcome.SUCCESS, targets));
              }
              return null;
            });
    filters.changed(app);
  }

  /** Every word, by id. */
  public List<LocalWord> all(App app) {
    return regions.of(app).read(connection -> store.readAll(connection, app.appId()));
  }

  /** A page of the words asked for, by id; the part of a keyword is found in any case. */
  public Page page(App app, Query query) {
    List<LocalWord> all = all(app);
    String part = Folding.fold(query.part());
    List<LocalWord> found =
        all.stream()
            .filter(word -> query.action().isEmpty() || query.action().get() == word.action())
            .filter(word -> Folding.fold(word.keyword()).contains(part))
            .toList();
    List<LocalWord> page = found.stream().skip(query.offset()).limit(query.limit()).toList();
    return new Page(page, counts(all), counts(found));
  }

  /** The list, ready to be applied. */
  LocalFilter filter(App app) {
    return filters.of(app);
  }

  private void checkRoom(Connection connection, App app, List<LocalWord> words)
      throws SQLException {
    Counts counts = store.count(connection, app.appId());
    for (WordKind kind : WordKind.values()) {
      boolean touched = words.stream().anyMatch(word -> word.kind() == kind);
      if (touched && counts.of(kind) > kind.maxPerApp()) {
        throw new ImException(
            ErrorCode.MODERATION_TOO_MANY_WORDS,
            "the list would have more than " + kind.maxPerApp() + " entries of this type");
      }
    }
  }

  private static void check(Given given) {
    String keyword = given.keyword();
    int bytes = keyword.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > given.kind().maxBytes()) {
      throw new ImException(
          ErrorCode.MODERATION_INVALID_PARAMETER,
          "Keyword must have 1 to " + given.kind().maxBytes() + " bytes");
    }
    Stream.of(keyword, given.replacement()).forEach(Words::checkWellFormed);
    if (given.kind() == WordKind.EXPRESSION) {
      Expression.of(keyword);
    }
  }

  private static Counts counts(List<LocalWord> words) {
    int expressions =
        (int) words.stream().filter(word -> word.kind() == WordKind.EXPRESSION).count();
    return new Counts(words.size() - expressions, expressions);
  }

  private static Target target(long id) {
    return new Target("local_word", Long.toString(id));
  }
}
