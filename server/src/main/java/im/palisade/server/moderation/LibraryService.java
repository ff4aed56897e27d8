package im.palisade.server.moderation;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The built-in provider: libraries of words, and texts judged by them (rest-conversations-ops Part
 * K, K6–K9).
 */
public final class LibraryService implements ContentJudge {
  private final Regions regions;
  private final Clock clock;
  private final LibraryStore store = new LibraryStore();
  private final ListVersionStore versions = new ListVersionStore(ListVersionStore.CLOUD);
  private final AppFilters<LibraryFilter> filters;

  public LibraryService(Regions regions, Clock clock) {
    this.regions = regions;
    this.clock = clock;
    this.filters =
        new AppFilters<>(
            app -> regions.of(app).read(connection -> versions.read(connection, app.appId())),
            app ->
                new LibraryFilter(
                    regions.of(app).read(connection -> store.readAll(connection, app.appId()))),
            clock);
  }

  /** A page of a library and how many words there are in all. */
  public record Page(List<LibraryWord> words, int total) {}

  /** What became of a word that was to go; empty when it was not there. */
  public record Removal(String content, Optional<LibraryWord> removed) {}

  @Override
  public Judgement judge(App app, String policy, String text) {
    return filters.of(app).judge(text);
  }

  /**
   * Adds words, all or none; a word that is there gets the label.
   *
   * @throws ImException MODERATION_INVALID_PARAMETER for a word that cannot be used,
   *     MODERATION_TOO_MANY_WORDS when the library would be too large
   */
  public void put(App app, Library library, Map<String, Label> words, Cause cause) {
    words.keySet().forEach(LibraryService::check);
    Instant now = clock.instant();
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              versions.next(unit.connection(), app.appId());
              for (Map.Entry<String, Label> word : words.entrySet()) {
                store.put(
                    unit.connection(), app.appId(), library, word.getKey(), word.getValue(), now);
              }
              if (store.count(unit.connection(), app.appId(), library) > Library.MAX_WORDS) {
                throw new ImException(
                    ErrorCode.MODERATION_TOO_MANY_WORDS,
                    "the library would have more than " + Library.MAX_WORDS + " words");
              }
              unit.record(cause.event("config.moderation.set", target(library)));
              return null;
            });
    filters.changed(app);
  }

  /** Removes words and says which were there. */
  public List<Removal> delete(App app, Library library, List<String> contents, Cause cause) {
    List<Removal> removals =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  List<Removal> done = new ArrayList<>();
                  boolean any = false;
                  for (String content : contents) {
                    Optional<LibraryWord> word =
                        store.find(unit.connection(), app.appId(), library, content);
                    if (word.isPresent()) {
                      store.delete(unit.connection(), word.get().id());
                      any = true;
                    }
                    done.add(new Removal(content, word));
                  }
                  if (any) {
                    versions.next(unit.connection(), app.appId());
                    unit.record(
                        cause.event(
                            "config.moderation.set", Outcome.SUCCESS, List.of(target(library))));
                  }
                  return done;
                });
    filters.changed(app);
    return removals;
  }

  /** A page of a library by id; the part of a word is found in any case. */
  public Page page(App app, Library library, String part, int offset, int limit) {
    return regions
        .of(app)
        .read(
            connection -> {
              if (part.isEmpty()) {
                return new Page(
                    store.page(connection, app.appId(), library, offset, limit),
                    store.count(connection, app.appId(), library));
              }
              // SQL cannot compare without regard to case as we do; a library is bounded.
              String folded = Folding.fold(part);
              List<LibraryWord> found =
                  store.readAll(connection, app.appId(), library).stream()
                      .filter(word -> Folding.fold(word.content()).contains(folded))
                      .toList();
              return new Page(found.stream().skip(offset).limit(limit).toList(), found.size());
            });
  }

  private static void check(String content) {
    int bytes = content.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > LibraryWord.MAX_BYTES) {
      throw new ImException(
          ErrorCode.MODERATION_INVALID_PARAMETER,
          "Content must have 1 to " + LibraryWord.MAX_BYTES + " bytes");
    }
    Words.checkWellFormed(content);
  }

  private static Target target(Library library) {
    return new Target("library", library.id());
  }
}
