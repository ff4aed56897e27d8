package im.palisade.server.moderation;

import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.server.app.App;
import im.palisade.server.app.Moderation;
import im.palisade.server.audit.Cause;
import im.palisade.server.moderation.ModerationHook.Subject;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What is done with texts users write: messages, and the strings of profiles and groups. Costs
 * nothing for an app without words.
 */
public final class TextModeration {
  private final LocalWordService localWords;
  private static final int WORST = 100;

  private final ContentJudge libraries;
  private final ModerationHook hook;
  private final UnaryOperator<App> current;

  /**
   * Moderation.
   *
   * @param current the app as its settings are now; a session carries that of its login
   */
  public TextModeration(
      LocalWordService localWords,
      ContentJudge libraries,
      ModerationHook hook,
      UnaryOperator<App> current) {
    this.localWords = localWords;
    this.libraries = libraries;
    this.hook = hook;
    this.current = current;
  }

  /** Who wrote a text. */
  public enum Author {
    CLIENT,
    /** An app's own back end, which is believed unless the app's settings say otherwise. */
    REST;

    /** The author of what a call writes. */
    public static Author of(Cause cause) {
      return cause.source().channel() == Channel.REST ? REST : CLIENT;
    }
  }

  /** What becomes of a text. */
  public sealed interface Moderated {}

  /**
   * A text that passes.
   *
   * @param text with what had to be replaced replaced
   * @param doubt why somebody should look at it
   */
  public record Passed(String text, Optional<Judgement> doubt) implements Moderated {
    /** Whether somebody should look at it. */
    public boolean marked() {
      return doubt.isPresent();
    }
  }

  /** A text that is refused. */
  public record Blocked(BlockedBy by) implements Moderated {}

  /** Whether texts of that author are looked at and there is something to look for. */
  public boolean applies(App app, Author author) {
    Moderation settings = current.apply(app).settings().moderation();
    boolean wanted =
        settings.text()
            && switch (author) {
              case CLIENT -> true;
              case REST -> settings.rest();
            };
    return wanted
        && (settings.cloudMessages()
            || settings.reportPassed()
            || !localWords.filter(app).isEmpty());
  }

  /**
   * A text that nobody can be asked to look at later, as it may be kept: one that is looked at goes
   * through {@link #moderate}, any other as it is. Empty when it is refused.
   */
  public Optional<String> pass(App app, Author author, String scene, String text) {
    return pass(app, author, Subject.of(scene, ""), text);
  }

  /** The same with whose text it is. */
  public Optional<String> pass(App app, Author author, Subject subject, String text) {
    return applies(app, author) ? passed(app, subject, text) : Optional.of(text);
  }

  /** The text as it may be kept, of one that is looked at; empty when it is refused. */
  public Optional<String> passed(App app, Subject subject, String text) {
    return switch (moderate(app, subject, text)) {
      case Passed passed -> Optional.of(passed.text());
      case Blocked _ -> Optional.empty();
    };
  }

  /**
   * What becomes of a text that is looked at: the caller asks {@link #applies} first. A refused
   * message, group or relation text is answered with 80001, a profile text with 40005.
   *
   * @param subject whose text it is, and the policy of K1: {@code C2C}, {@code Group}, {@code
   *     UserInfo}, {@code GroupInfo}, {@code GroupMemberInfo}, {@code RelationChain}
   */
  public Moderated moderate(App app, Subject subject, String text) {
    LocalFilter.Screened screened = localWords.filter(app).screen(text);
    if (screened.text().isEmpty()) {
      hook.judged(app, subject, text, found(Verdict.BLOCK, WORST, screened), true);
      return new Blocked(BlockedBy.WORD_LIST);
    }
    Optional<Judgement> doubt =
        screened.marked() ? Optional.of(found(Verdict.REVIEW, 0, screened)) : Optional.empty();
    String filtered = screened.text().get();
    Moderation settings = current.apply(app).settings().moderation();
    if (settings.cloudMessages() && settings.provider() != Moderation.Provider.NONE) {
      Judgement judgement = libraries.judge(app, subject.scene(), filtered);
      switch (judgement.verdict()) {
        case PASS -> {}
        case REVIEW -> doubt = Optional.of(judgement);
        case BLOCK -> {
          hook.judged(app, subject, text, judgement, true);
          return new Blocked(
              switch (settings.provider()) {
                case WEBHOOK -> BlockedBy.JUDGING_SERVICE;
                case KEYWORDS, NONE -> BlockedBy.LIBRARY;
              });
        }
      }
    }
    // A message is told of once it is stored and has a number; other texts have none.
    if (!subject.isMessage() && (doubt.isPresent() || settings.reportPassed())) {
      hook.judged(app, subject, text, doubt.orElse(Judgement.HARMLESS), false);
    }
    return new Passed(filtered, doubt);
  }

  private static Judgement found(Verdict verdict, int score, LocalFilter.Screened screened) {
    return new Judgement(
        verdict, score, Label.ILLEGAL, screened.word().map(List::of).orElse(List.of()));
  }
}
