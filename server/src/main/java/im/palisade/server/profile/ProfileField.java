package im.palisade.server.profile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import im.palisade.server.app.CustomField;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Texts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * A field of a profile: its tag, what it may hold, who may see and write it (rest-accounts B0).
 * Values are kept as text.
 *
 * @param custom declared by the app
 */
public record ProfileField(
    String tag,
    Values values,
    boolean custom,
    Set<CustomField.Reader> readableBy,
    Set<CustomField.Writer> writableBy) {
  private static final long U32_MAX = 0xFFFF_FFFFL;

  /** What a field may hold. */
  sealed interface Values {
    /** Text of at most so many UTF-8 bytes; empty clears the field. */
    record Text(int maxBytes, ErrorCode whenTooLong) implements Values {}

    /** One of these. */
    record Words(Set<String> allowed) implements Values {}

    /** An unsigned 32-bit integer. */
    record Whole() implements Values {}
  }

  /** What kind of value it holds. */
  public enum Form {
    TEXT,
    WORD,
    NUMBER
  }

  /** What kind of value it holds. */
  public Form form() {
    return switch (values) {
      case Values.Text _ -> Form.TEXT;
      case Values.Words _ -> Form.WORD;
      case Values.Whole _ -> Form.NUMBER;
    };
  }

  /** The words it may hold, in order; of another form none. */
  public List<String> words() {
    return values instanceof Values.Words words
        ? words.allowed().stream().sorted().toList()
        : List.of();
  }

  /** The greatest length of a text in UTF-8 bytes, or the greatest number. */
  public long most() {
    return switch (values) {
      case Values.Text text -> text.maxBytes();
      case Values.Words _ -> 0;
      case Values.Whole _ -> U32_MAX;
    };
  }

  static ProfileField standard(String tag, Values values) {
    return new ProfileField(
        tag,
        values,
        false,
        Set.of(CustomField.Reader.values()),
        Set.of(CustomField.Writer.values()));
  }

  /** Whether it holds what its account wrote in words of its own: any text but an address. */
  boolean isProse() {
    return values instanceof Values.Text && !tag.equals(ProfileFields.IMAGE.tag());
  }

  /** Whether REST may read it. */
  public boolean isReadableByAdministrators() {
    return readableBy.contains(CustomField.Reader.ADMIN);
  }

  /** Whether REST may write it. */
  public boolean isWritableByAdministrators() {
    return writableBy.contains(CustomField.Writer.ADMIN);
  }

  /** Whether its account may write it. */
  public boolean isWritableByItself() {
    return writableBy.contains(CustomField.Writer.SELF);
  }

  /** Whether another account may see it. */
  public boolean isReadableBy(boolean friend) {
    return friend ? isReadableByFriends() : readableBy.contains(CustomField.Reader.ANYONE);
  }

  /** Whether its account may see it. */
  public boolean isReadableByItself() {
    return readableBy.contains(CustomField.Reader.SELF)
        || readableBy.contains(CustomField.Reader.ANYONE);
  }

  /** Whether the account's friends may see it. */
  public boolean isReadableByFriends() {
    return readableBy.contains(CustomField.Reader.FRIENDS)
        || readableBy.contains(CustomField.Reader.ANYONE);
  }

  /**
   * A value as it is kept.
   *
   * @throws ImException with the code of what is wrong
   */
  String textOf(JsonNode value) {
    return switch (values) {
      case Values.Text text -> {
        String given = given(value);
        if (given.getBytes(StandardCharsets.UTF_8).length > text.maxBytes()) {
          throw new ImException(
              text.whenTooLong(), tag + " is above " + text.maxBytes() + " bytes");
        }
        yield given;
      }
      case Values.Words words -> {
        String given = given(value);
        if (!words.allowed().contains(given)) {
          throw new ImException(ErrorCode.PROFILE_VALUE_NOT_ALLOWED, tag + " allows no such value");
        }
        yield given;
      }
      case Values.Whole _ -> {
        if (!value.isIntegralNumber()) {
          throw wrongType();
        }
        if (!value.canConvertToLong() || value.longValue() < 0 || value.longValue() > U32_MAX) {
          throw new ImException(ErrorCode.PROFILE_VALUE_NOT_ALLOWED, tag + " is out of range");
        }
        yield Long.toString(value.longValue());
      }
    };
  }

  /** A kept value as it stands on the wire. */
  public JsonNode json(String text) {
    return switch (values) {
      case Values.Text _, Values.Words _ -> TextNode.valueOf(text);
      case Values.Whole _ -> LongNode.valueOf(Long.parseLong(text));
    };
  }

  private String given(JsonNode value) {
    if (!value.isTextual() || !Texts.isWellFormed(value.textValue())) {
      throw wrongType();
    }
    return value.textValue();
  }

  private ImException wrongType() {
    return new ImException(
        ErrorCode.PROFILE_VALUE_WRONG_TYPE, tag + " has a value of the wrong type");
  }
}
