package im.palisade.server.relation;

import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.moderation.ModerationHook.Subject;
import im.palisade.server.moderation.TextModeration;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * An app's word lists applied to what users write about each other: remarks, the wording of
 * requests, names of friend lists. What is imported was judged where it was written.
 */
final class RelationTexts {
  private static final String SCENE = "RelationChain";

  private final TextModeration texts;

  RelationTexts(TextModeration texts) {
    this.texts = texts;
  }

  /** Begins to read what one call wants to write of one friend. */
  Reading reading(App app, Cause cause) {
    return new Reading(
        app, TextModeration.Author.of(cause), Subject.of(SCENE, cause.origin().userId()));
  }

  /** Texts that belong together: one that may not be written spoils them all. */
  final class Reading {
    private final App app;
    private final TextModeration.Author author;
    private final Subject subject;
    private Optional<RelationFault> fault = Optional.empty();

    private Reading(App app, TextModeration.Author author, Subject subject) {
      this.subject = subject;
      this.app = app;
      this.author = author;
    }

    /** What is wrong with a text read so far. */
    Optional<RelationFault> fault() {
      return fault;
    }

    /** The friend with its texts as they may be kept. */
    NewFriend friend(NewFriend given) {
      return new NewFriend(
          given.userId(),
          given.remark().map(text -> text(text, RelationLimits.REMARK_BYTES)),
          given.lists().map(this::listNames),
          given.source(),
          given.wording().map(text -> text(text, RelationLimits.WORDING_BYTES)),
          given.addTime(),
          given.custom());
    }

    /** Names of friend lists as they may be kept. */
    List<String> listNames(List<String> names) {
      return names.stream().map(name -> text(name, RelationLimits.LIST_NAME_BYTES)).toList();
    }

    /**
     * A text as it may be kept.
     *
     * @param maxBytes what it may have, also when words in it were replaced by longer ones
     */
    String text(String given, int maxBytes) {
      Optional<String> passed = texts.pass(app, author, subject, given);
      if (passed.isEmpty()) {
        fault = Optional.of(RelationFault.PROHIBITED);
      } else if (passed.get().isEmpty() != given.isEmpty()
          || passed.get().getBytes(StandardCharsets.UTF_8).length > maxBytes) {
        fault = fault.or(() -> Optional.of(RelationFault.INVALID));
      }
      return passed.orElse("");
    }
  }
}
