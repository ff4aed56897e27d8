package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.moderation.Judgement;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** A validated message: its elements as compact JSON, exactly as they came, and its custom data. */
public final class MessageBody {
  private final byte[] elements;
  private final Optional<String> plainText;
  private final Optional<String> cloudCustomData;
  private final Optional<Judgement> doubt;
  private final GroupNote note;
  private final Set<String> bundles;

  private MessageBody(
      byte[] elements,
      Optional<String> plainText,
      Optional<String> cloudCustomData,
      Optional<Judgement> doubt,
      GroupNote note,
      Set<String> bundles) {
    this.elements = elements;
    this.plainText = plainText;
    this.cloudCustomData = cloudCustomData;
    this.doubt = doubt;
    this.note = note;
    this.bundles = bundles;
  }

  /**
   * Validates and takes a body (rest-messages A1).
   *
   * @param msgBody the value of {@code MsgBody}; a missing node when absent
   * @param maxBytes of compact JSON of the elements and the custom data
   * @param tooLong what the door answers above that
   * @param strictMedia whether media elements need the fields REST must supply
   * @throws ImException MSG_BODY_MALFORMED, MSG_BODY_NOT_ARRAY, MSG_ELEMENT_MALFORMED or tooLong
   */
  public static MessageBody of(
      JsonNode msgBody,
      Optional<String> cloudCustomData,
      int maxBytes,
      ErrorCode tooLong,
      boolean strictMedia) {
    MessageElements.validate(msgBody, strictMedia);
    if (!Texts.isWellFormed(cloudCustomData.orElse(""))) {
      throw new ImException(ErrorCode.MSG_ELEMENT_MALFORMED, "CloudCustomData is no valid text");
    }
    byte[] elements = Json.bytes(msgBody);
    int customBytes =
        cloudCustomData.map(text -> text.getBytes(StandardCharsets.UTF_8).length).orElse(0);
    if (elements.length + customBytes > maxBytes) {
      throw new ImException(tooLong, "message above " + maxBytes + " bytes");
    }
    return new MessageBody(
        elements,
        MessageElements.plainText(msgBody),
        cloudCustomData,
        Optional.empty(),
        GroupNote.NONE,
        MessageElements.bundles(msgBody));
  }

  /** A body that was validated when it was stored. */
  static MessageBody stored(byte[] elements, Optional<String> cloudCustomData) {
    return new MessageBody(
        elements, Optional.empty(), cloudCustomData, Optional.empty(), GroupNote.NONE, Set.of());
  }

  /**
   * The same with its elements as moderation leaves them.
   *
   * @param found why somebody should look at it
   */
  MessageBody moderated(JsonNode changed, Optional<Judgement> found) {
    return new MessageBody(
        Json.bytes(changed),
        MessageElements.plainText(changed),
        cloudCustomData,
        found,
        note,
        bundles);
  }

  /** The same with what a group message carries beside it. */
  public MessageBody noted(GroupNote other) {
    return new MessageBody(elements, plainText, cloudCustomData, doubt, other, bundles);
  }

  /** What a group message carries beside the body. */
  public GroupNote note() {
    return note;
  }

  /** Keys of the stored bundles that its merged messages name. */
  Set<String> bundles() {
    return bundles;
  }

  /** The elements as a tree of the caller's own. */
  public JsonNode parsed() {
    try {
      return Json.mapper().readTree(elements);
    } catch (IOException e) {
      throw new UncheckedIOException("a validated body can be read", e);
    }
  }

  /** Compact JSON of the elements and the custom data. */
  int bytes() {
    return elements.length
        + cloudCustomData.map(text -> text.getBytes(StandardCharsets.UTF_8).length).orElse(0);
  }

  /** Whether moderation let it through for somebody to look at. */
  public boolean isMarked() {
    return doubt.isPresent();
  }

  /** Why moderation let it through for somebody to look at; known until it is stored. */
  public Optional<Judgement> doubt() {
    return doubt;
  }

  /** The elements: a JSON array in UTF-8. The array must not be changed. */
  public byte[] elements() {
    return elements;
  }

  /** The text, when the message is one plain text element and nothing else. */
  Optional<String> plainText() {
    return plainText;
  }

  /** {@code CloudCustomData}. */
  public Optional<String> cloudCustomData() {
    return cloudCustomData;
  }
}
