package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.moderation.ModerationHook.Subject;
import im.palisade.server.moderation.TextModeration;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.nio.charset.StandardCharsets;

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
   * @throws ImException TEXT_PROHIBITED, GROUP_INVALID_PARAMETER
   */
  GroupTexts pass(App app, Actor actor, GroupTexts wanted) {
    if (!texts.applies(app, author(actor))) {
      return wanted;
    }
    return new GroupTexts(
        pass(app, actor, GROUP, wanted.name(), app.settings().groups().nameBytes()),
        pass(app, actor, GROUP, wanted.introduction(), GroupTexts.MAX_INTRODUCTION),
        pass(app, actor, GROUP, wanted.notification(), GroupTexts.MAX_NOTIFICATION),
        wanted.faceUrl());
  }

  /**
   * A member's text as it may stay.
   *
   * @throws ImException TEXT_PROHIBITED, GROUP_INVALID_PARAMETER
   */
  String passMember(App app, Actor actor, String text) {
    return texts.applies(app, author(actor))
        ? pass(app, actor, MEMBER, text, MemberProfiles.MAX_NAME_CARD)
        : text;
  }

  /** A text that its replacements make too long is too long. */
  private String pass(App app, Actor actor, String scene, String text, int maxBytes) {
    if (text.isEmpty()) {
      return text;
    }
    String passed =
        texts
            .passed(app, Subject.of(scene, actor.account().userId()), text)
            .orElseThrow(() -> new ImException(ErrorCode.TEXT_PROHIBITED));
    if (!passed.equals(text) && passed.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "with replaced words a text is too long");
    }
    return passed;
  }

  private static Author author(Actor actor) {
    return actor.forApp() ? Author.REST : Author.CLIENT;
  }
}
