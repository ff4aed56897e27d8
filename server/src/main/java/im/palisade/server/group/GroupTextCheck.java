package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.moderation.ModerationHook.Subject;
import im.palisade.server.moderation.TextModeration;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.moderation.TextModeration.Passed;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/** An app's word lists applied to the texts of groups, topics and members. */
final class GroupTextCheck {
  private static final String GROUP = "GroupInfo";
  private static final String MEMBER = "GroupMemberInfo";

  private final TextModeration texts;

  GroupTextCheck(TextModeration texts) {
    this.texts = texts;
  }

  /**
   * The texts of a profile as they may stay.
   *
   * @throws ImException TEXT_PROHIBITED
   */
  GroupTexts pass(App app, Actor actor, GroupTexts wanted) {
    if (!texts.applies(app, author(actor))) {
      return wanted;
    }
    return new GroupTexts(
        pass(app, actor, GROUP, wanted.name()),
        pass(app, actor, GROUP, wanted.introduction()),
        pass(app, actor, GROUP, wanted.notification()),
        wanted.faceUrl());
  }

  /**
   * A member's text as it may stay.
   *
   * @throws ImException TEXT_PROHIBITED
   */
  String passMember(App app, Actor actor, String text) {
    return texts.applies(app, author(actor)) ? pass(app, actor, MEMBER, text) : text;
  }

  private String pass(App app, Actor actor, String scene, String text) {
    return text.isEmpty()
        ? text
        : texts
            .moderate(app, Subject.of(scene, actor.account().userId()), text)
            .map(Passed::text)
            .orElseThrow(() -> new ImException(ErrorCode.TEXT_PROHIBITED));
  }

  private static Author author(Actor actor) {
    return actor.forApp() ? Author.REST : Author.CLIENT;
  }
}
