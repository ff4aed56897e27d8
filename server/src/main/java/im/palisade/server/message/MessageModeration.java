package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.moderation.TextModeration;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.moderation.TextModeration.Passed;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/**
 * An app's word lists applied to messages: to the text of text elements, each for itself. What
 * comes from another system was judged there.
 */
final class MessageModeration {
  /** The scenes of the word lists; official accounts speak to one person at a time. */
  private static final String PAIR = "C2C";

  private static final String GROUP = "Group";

  private final TextModeration texts;

  MessageModeration(TextModeration texts) {
    this.texts = texts;
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
    MessageBody body = pass(message.app(), scene(message.target()), message.body(), tooLong);
    return body == message.body() ? message : message.withBody(body);
  }

  /**
   * What an app's back end says, as it may go on; the very same when nothing had to be changed.
   *
   * @throws ImException TEXT_PROHIBITED, or {@code tooLong} when replacements made it so
   */
  MessageBody passFromBackEnd(App app, MessageBody body, ErrorCode tooLong) {
    return texts.applies(app, Author.REST) ? pass(app, PAIR, body, tooLong) : body;
  }

  private MessageBody pass(App app, String scene, MessageBody body, ErrorCode tooLong) {
    MessageBody passed = pass(app, scene, body);
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
    return texts.applies(app, author) ? pass(app, PAIR, body) : body;
  }

  /** The same in a group. */
  MessageBody passGroupEdit(App app, Author author, MessageBody body) {
    return texts.applies(app, author) ? pass(app, GROUP, body) : body;
  }

  private static String scene(Target target) {
    return switch (target) {
      case Target.Pair _ -> PAIR;
      case Target.Group _ -> GROUP;
    };
  }

  private MessageBody pass(App app, String scene, MessageBody body) {
    if (body.plainText().isPresent()) {
      String text = body.plainText().get();
      Passed passed = pass(app, scene, text);
      if (passed.text().equals(text) && !passed.marked()) {
        return body;
      }
    }
    JsonNode elements = body.parsed();
    boolean changed = false;
    boolean marked = false;
    for (JsonNode element : elements) {
      if (element.path("MsgType").asText().equals("TIMTextElem")
          && element.path("MsgContent") instanceof ObjectNode content) {
        String text = content.path("Text").asText();
        Passed passed = pass(app, scene, text);
        marked |= passed.marked();
        if (!passed.text().equals(text)) {
          content.put("Text", passed.text());
          changed = true;
        }
      }
    }
    return changed || marked ? body.moderated(elements, marked) : body;
  }

  private Passed pass(App app, String scene, String text) {
    return texts
        .moderate(app, scene, text)
        .orElseThrow(() -> new ImException(ErrorCode.TEXT_PROHIBITED));
  }
}
