package im.palisade.server.moderation;

import im.palisade.server.app.App;
import java.util.Optional;

/** Who hears what was found in texts. */
@FunctionalInterface
public interface ModerationHook {
  /** Nobody. */
  ModerationHook NONE = (app, subject, text, judgement, blocked) -> {};

  /**
   * Whose text is judged, and where it was to stand.
   *
   * @param scene {@code C2C}, {@code Group}, {@code UserInfo}, {@code GroupInfo}, {@code
   *     GroupMemberInfo}, {@code RelationChain}
   * @param author UserID; empty when nobody knows
   * @param user to whom a message was to go
   * @param group into which a message was to go
   * @param customData of the message
   */
  record Subject(
      String scene,
      String author,
      Optional<String> user,
      Optional<String> group,
      String customData) {
    /** Whether it is what a message says. */
    public boolean isMessage() {
      return scene.equals("C2C") || scene.equals("Group");
    }

    /** One of which no more is known. */
    public static Subject of(String scene, String author) {
      return new Subject(scene, author, Optional.empty(), Optional.empty(), "");
    }
  }

  /**
   * A text was found wanting; must not block.
   *
   * @param blocked whether it went no further
   */
  void judged(App app, Subject subject, String text, Judgement judgement, boolean blocked);
}
