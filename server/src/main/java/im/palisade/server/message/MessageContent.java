package im.palisade.server.message;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A message's content as it is stored: one format byte, one byte of key id (0: not encrypted), then
 * the format's bytes. SQL never reads it.
 *
 * <ul>
 *   <li>1 JSON: length of the elements (4 bytes), elements, length of the custom data (4 bytes, −1
 *       for none), custom data, length of the push settings (−1 for none), push settings
 *   <li>3 the same as 1, then the length of a group's note (4 bytes) and that note
 *   <li>2 text: the UTF-8 text of a lone text element; two messages in three need no more
 * </ul>
 */
final class MessageContent {
  private static final byte FORMAT_JSON = 1;
  private static final byte FORMAT_TEXT = 2;
  private static final byte FORMAT_GROUP = 3;
  private static final byte NOT_ENCRYPTED = 0;
  private static final int HEADER = 2;

  private static final byte[] TEXT_HEAD =
      "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"".getBytes(StandardCharsets.UTF_8);
  private static final byte[] TEXT_TAIL = "\"}}]".getBytes(StandardCharsets.UTF_8);

  private MessageContent() {}

  /**
   * Content to store.
   *
   * @param offlinePush compact JSON of {@code OfflinePushInfo}, for whoever pushes the message
   */
  static byte[] encode(MessageBody body, Optional<String> offlinePush) {
    boolean noted = !body.note().isNone();
    if (body.cloudCustomData().isEmpty() && offlinePush.isEmpty() && !noted) {
      Optional<byte[]> text = body.plainText().flatMap(MessageContent::wellFormed);
      if (text.isPresent()) {
        return ByteBuffer.allocate(HEADER + text.get().length)
            .put(FORMAT_TEXT)
            .put(NOT_ENCRYPTED)
            .put(text.get())
            .array();
      }
    }
    byte[] custom = utf8(body.cloudCustomData());
    byte[] push = utf8(offlinePush);
    byte[] note = noted ? body.note().encode() : new byte[0];
    ByteBuffer out =
        ByteBuffer.allocate(
                HEADER
                    + 12
                    + body.elements().length
                    + custom.length
                    + push.length
                    + (noted ? 4 + note.length : 0))
            .put(noted ? FORMAT_GROUP : FORMAT_JSON)
            .put(NOT_ENCRYPTED)
            .putInt(body.elements().length)
            .put(body.elements())
            .putInt(body.cloudCustomData().isPresent() ? custom.length : -1)
            .put(custom)
            .putInt(offlinePush.isPresent() ? push.length : -1)
            .put(push);
    if (noted) {
      out.putInt(note.length).put(note);
    }
    return out.array();
  }

  /**
   * What {@link #encode} was given.
   *
   * @throws IllegalStateException when the bytes are of a format this version does not know
   */
  static MessageBody decode(byte[] content) {
    if (content.length < HEADER || content[1] != NOT_ENCRYPTED) {
      throw new IllegalStateException("message content of an unknown key");
    }
    return switch (content[0]) {
      case FORMAT_TEXT -> MessageBody.stored(textElement(content), Optional.empty());
      case FORMAT_JSON -> decodeJson(content);
      case FORMAT_GROUP -> decodeJson(content).noted(note(content));
      default -> throw new IllegalStateException("message content of format " + content[0]);
    };
  }

  /** The push settings within stored content. */
  static Optional<String> offlinePush(byte[] content) {
    if (content[0] == FORMAT_TEXT) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(content, HEADER, content.length - HEADER);
    skip(in, in.getInt());
    skip(in, in.getInt());
    int length = in.getInt();
    if (length < 0) {
      return Optional.empty();
    }
    byte[] push = new byte[length];
    in.get(push);
    return Optional.of(new String(push, StandardCharsets.UTF_8));
  }

  private static GroupNote note(byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content, HEADER, content.length - HEADER);
    for (int part = 0; part < 3; part++) {
      skip(in, in.getInt());
    }
    byte[] note = new byte[in.getInt()];
    in.get(note);
    return GroupNote.decode(note);
  }

  private static void skip(ByteBuffer in, int length) {
    in.position(in.position() + Math.max(0, length));
  }

  private static MessageBody decodeJson(byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content, HEADER, content.length - HEADER);
    byte[] elements = new byte[in.getInt()];
    in.get(elements);
    int customLength = in.getInt();
    if (customLength < 0) {
      return MessageBody.stored(elements, Optional.empty());
    }
    byte[] custom = new byte[customLength];
    in.get(custom);
    return MessageBody.stored(elements, Optional.of(new String(custom, StandardCharsets.UTF_8)));
  }

  private static byte[] textElement(byte[] content) {
    String text = new String(content, HEADER, content.length - HEADER, StandardCharsets.UTF_8);
    byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(text);
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(TEXT_HEAD.length + quoted.length + TEXT_TAIL.length);
    out.writeBytes(TEXT_HEAD);
    out.writeBytes(quoted);
    out.writeBytes(TEXT_TAIL);
    return out.toByteArray();
  }

  /**
   * The text in UTF-8, unless that would lose something (a lone surrogate survives as JSON only).
   */
  private static Optional<byte[]> wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          return Optional.empty();
        }
        i++;
      }
    }
    return Optional.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] utf8(Optional<String> text) {
    return text.orElse("").getBytes(StandardCharsets.UTF_8);
  }
}
