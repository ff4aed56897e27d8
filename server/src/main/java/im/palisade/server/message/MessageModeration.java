package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.moderation.BlockedBy;
import im.palisade.server.moderation.Judgement;
import im.palisade.server.moderation.ModerationHook.Subject;
import im.palisade.server.moderation.TextModeration;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.moderation.TextModeration.Blocked;
import im.palisade.server.moderation.TextModeration.Moderated;
import im.palisade.server.moderation.TextModeration.Passed;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * An app's word lists applied to messages: to the text of text elements, each for itself. What
 * comes from another system was judged there.
 */
final class MessageModeration {
  /** The scenes of the word lists; official accounts speak to one person at a time. */
  private static final String PAIR = BlockedMessages.PAIR;

  private static final String GROUP = BlockedMessages.GROUP;

  private final TextModeration texts;
  private final BlockedMessages blocked;

  MessageModeration(TextModeration texts, BlockedMessages blocked) {
    this.texts = texts;
    this.blocked = blocked;
  }

  /**
   * The message as it may go on; the very same when nothing had to be changed.
   *
   * @throws ImException TEXT_PROHIBITED, or that of a message too long when replacements made it so
   */
  OutgoingMessage pass(OutgoingMessage message) {
    boolean judged =
        switch (message.door()) {
          case Door.Client _ -> texts.applies(message.app(), Author.CLIENT);
          case Door.Rest _ -> texts.applies(message.app(), Author.REST);
          case Door.Import _ -> false;
        };
    if (!judged) {
      return message;
    }
    ErrorCode tooLong =
        message.fromBackEnd() && message.target() instanceof Target.Pair
            ? ErrorCode.MESSAGE_TOO_LONG_REST
            : ErrorCode.MESSAGE_TOO_LONG;
    MessageBody body = pass(message.app(), subject(message), message.body(), tooLong);
    return body == message.body() ? message : message.withBody(body);
  }

  /**
   * What an app's back end says, as it may go on; the very same when nothing had to be changed.
   *
   * @param scene as {@link BlockedMessages} names it
   * @throws ImException TEXT_PROHIBITED, or {@code tooLong} when replacements made it so
   */
  MessageBody passFromBackEnd(App app, String scene, MessageBody body, ErrorCode tooLong) {
    return texts.applies(app, Author.REST)
        ? counted(app, Author.REST, scene, () -> pass(app, Subject.of(PAIR, ""), body, tooLong))
        : body;
  }

  private MessageBody pass(App app, Subject subject, MessageBody body, ErrorCode tooLong) {
    MessageBody passed = pass(app, subject, body);
    int maxBytes = app.settings().maxMessageBytes();
    if (passed != body && passed.bytes() > maxBytes) {
      throw new ImException(
          tooLong, "with replaced words the message is above " + maxBytes + " bytes");
    }
    return passed;
  }

  /**
   * The new body of a message that is there already.
   *
   * @throws ImException TEXT_PROHIBITED
   */
  MessageBody passEdit(App app, Author author, MessageBody body) {
    return passEdit(app, author, PAIR, body);
  }

  /** The same in a group. */
  MessageBody passGroupEdit(App app, Author author, MessageBody body) {
    return passEdit(app, author, GROUP, body);
  }

  private MessageBody passEdit(App app, Author author, String scene, MessageBody body) {
    return texts.applies(app, author)
        ? counted(app, author, scene, () -> pass(app, Subject.of(scene, ""), body))
        : body;
  }

  /** What is not sent anew repeats nothing: blocked, it counts at once. */
  private MessageBody counted(App app, Author author, String scene, Supplier<MessageBody> passed) {
    try {
      return passed.get();
    } catch (MessageBlocked refusal) {
      blocked.count(app, author, scene, refusal.by(), OptionalInt.of(refusal.code()));
      throw refusal;
    }
  }

  private static Subject subject(OutgoingMessage message) {
    String author = message.sender().userId();
    String custom = message.body().cloudCustomData().orElse("");
    return switch (message.target()) {
      case Target.Pair pair ->
          new Subject(
              PAIR, author, Optional.of(pair.recipient().userId()), Optional.empty(), custom);
      case Target.Group group ->
          new Subject(GROUP, author, Optional.empty(), Optional.of(group.ref().groupId()), custom);
    };
  }

  private MessageBody pass(App app, Subject subject, MessageBody body) {
    if (body.plainText().isPresent()) {
      String text = body.plainText().get();
      Passed passed = pass(app, subject, text);
      if (passed.text().equals(text) && !passed.marked()) {
        return body;
      }
    }
    JsonNode elements = body.parsed();
    boolean changed = false;
    Optional<Judgement> doubt = Optional.empty();
    for (JsonNode element : elements) {
      if (element.path("MsgType").asText().equals("TIMTextElem")
          && element.path("MsgContent") instanceof ObjectNode content) {
        String text = content.path("Text").asText();
        Passed passed = pass(app, subject, text);
        doubt = doubt.isPresent() ? doubt : passed.doubt();
        if (!passed.text().equals(text)) {
          content.put("Text", passed.text());
          changed = true;
        }
      }
    }
    return changed || doubt.isPresent() ? body.moderated(elements, doubt) : body;
  }

  private Passed pass(App app, Subject subject, String text) {
    Moderated moderated;
    try {
      moderated = texts.moderate(app, subject, text);
    } catch (ImException unjudged) {
      throw new MessageBlocked(BlockedBy.JUDGING_SERVICE, unjudged);
    }
    return switch (moderated) {
      case Passed passed -> passed;
      case Blocked refused -> throw new MessageBlocked(refused.by());
    };
  }
}
