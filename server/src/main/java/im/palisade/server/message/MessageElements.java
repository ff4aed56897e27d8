package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The element types a sender may use, as a table, and the rules they are held to. */
final class MessageElements {
  private static final Map<String, Element> TYPES =
      Map.ofEntries(
          element("TIMTextElem", required(), text("Text")),
          element(
              "TIMLocationElem",
              media("Latitude", "Longitude"),
              text("Desc"),
              number("Latitude"),
              number("Longitude")),
          element("TIMFaceElem", media("Index"), integer("Index"), text("Data")),
          element(
              "TIMCustomElem", required(), text("Data"), text("Desc"), text("Ext"), text("Sound")),
          element(
              "TIMSoundElem",
              media("Url", "UUID", "Download_Flag"),
              text("Url"),
              text("UUID"),
              integer("Size"),
              integer("Second"),
              integer("Download_Flag")),
          element(
              "TIMImageElem",
              media("UUID", "ImageInfoArray"),
              text("UUID"),
              integer("ImageFormat"),
              array("ImageInfoArray")),
          element(
              "TIMFileElem",
              media("Url", "UUID", "Download_Flag"),
              text("Url"),
              text("UUID"),
              integer("FileSize"),
              text("FileName"),
              integer("Download_Flag")),
          element(
              "TIMVideoFileElem",
              media(
                  "VideoUrl",
                  "VideoUUID",
                  "VideoDownloadFlag",
                  "ThumbUrl",
                  "ThumbUUID",
                  "ThumbWidth",
                  "ThumbHeight",
                  "ThumbDownloadFlag"),
              text("VideoUrl"),
              text("VideoUUID"),
              integer("VideoSize"),
              integer("VideoSecond"),
              text("VideoFormat"),
              integer("VideoDownloadFlag"),
              text("ThumbUrl"),
              text("ThumbUUID"),
              integer("ThumbSize"),
              integer("ThumbWidth"),
              integer("ThumbHeight"),
              text("ThumbFormat"),
              integer("ThumbDownloadFlag")),
          element(
              "TIMRelayElem",
              required(),
              text("Title"),
              integer("MsgNum"),
              text("CompatibleText"),
              array("AbstractList"),
              array("MsgList"),
              text("JsonMsgKey")));

  private static final List<Member> IMAGE_MEMBERS =
      List.of(integer("Type"), integer("Size"), integer("Width"), integer("Height"), text("URL"));

  private MessageElements() {}

  /**
   * Holds a body to the rules of rest-messages A1.
   *
   * @throws ImException with the code of the first fault
   */
  static void validate(JsonNode body, boolean strictMedia) {
    if (body.isMissingNode() || body.isNull()) {
      throw new ImException(ErrorCode.MSG_BODY_MALFORMED, "MsgBody is missing");
    }
    if (!body.isArray()) {
      throw new ImException(ErrorCode.MSG_BODY_NOT_ARRAY);
    }
    if (body.isEmpty()) {
      throw new ImException(ErrorCode.MSG_BODY_MALFORMED, "MsgBody is empty");
    }
    int customElements = 0;
    for (JsonNode element : body) {
      JsonNode type = element.path("MsgType");
      JsonNode content = element.path("MsgContent");
      if (!element.isObject() || !type.isTextual() || !content.isObject()) {
        throw new ImException(
            ErrorCode.MSG_BODY_MALFORMED, "an element needs MsgType and an object MsgContent");
      }
      Element rules = TYPES.get(type.textValue());
      if (rules == null) {
        throw malformed("MsgType " + shorten(type.textValue()) + " is unknown");
      }
      rules.check(content, strictMedia);
      if (type.textValue().equals("TIMTextElem") && !content.path("Text").isTextual()) {
        throw malformed("TIMTextElem: Text is missing");
      }
      if (type.textValue().equals("TIMImageElem")) {
        checkImages(content.path("ImageInfoArray"));
      }
      if (type.textValue().equals("TIMCustomElem") && ++customElements > 1) {
        throw malformed("more than one TIMCustomElem");
      }
    }
  }

  /** Keys of bundles that elements name, in merged messages within them as well. */
  static Set<String> bundles(JsonNode body) {
    Set<String> keys = new HashSet<>();
    for (JsonNode element : body) {
      if (element.path("MsgType").asText().equals("TIMRelayElem")) {
        element.path("MsgContent").findValuesAsText("JsonMsgKey").stream()
            .filter(key -> !key.isEmpty())
            .forEach(keys::add);
      }
    }
    return keys.isEmpty() ? Set.of() : keys;
  }

  /** The text of a body that is one text element with nothing beside its text. */
  static Optional<String> plainText(JsonNode body) {
    JsonNode element = body.get(0);
    JsonNode content = element.get("MsgContent");
    return body.size() == 1
            && element.size() == 2
            && content.size() == 1
            && element.get("MsgType").textValue().equals("TIMTextElem")
            && element.fieldNames().next().equals("MsgType")
        ? Optional.of(content.get("Text").textValue())
        : Optional.empty();
  }

  private static void checkImages(JsonNode images) {
    if (images.size() > 3) {
      throw malformed("TIMImageElem: ImageInfoArray has more than three entries");
    }
    for (JsonNode image : images) {
      if (!image.isObject()) {
        throw malformed("TIMImageElem: an entry of ImageInfoArray is not an object");
      }
      IMAGE_MEMBERS.forEach(member -> member.check(image, "TIMImageElem"));
    }
  }

  private static ImException malformed(String what) {
    return new ImException(ErrorCode.MSG_ELEMENT_MALFORMED, what);
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  private static Map.Entry<String, Element> element(
      String type, List<String> strict, Member... members) {
    return Map.entry(type, new Element(type, strict, List.of(members)));
  }

  private static List<String> required() {
    return List.of();
  }

  private static List<String> media(String... names) {
    return List.of(names);
  }

  private static Member text(String name) {
    return new Member(name, Kind.TEXT);
  }

  private static Member integer(String name) {
    return new Member(name, Kind.INTEGER);
  }

  private static Member number(String name) {
    return new Member(name, Kind.NUMBER);
  }

  private static Member array(String name) {
    return new Member(name, Kind.ARRAY);
  }

  private enum Kind {
    TEXT,
    INTEGER,
    NUMBER,
    ARRAY
  }

  /** A known member of an element and the JSON type it must have when present. */
  private record Member(String name, Kind kind) {
    void check(JsonNode content, String type) {
      JsonNode value = content.path(name);
      if (value.isMissingNode() || value.isNull()) {
        return;
      }
      boolean right =
          switch (kind) {
            case TEXT -> value.isTextual();
            case INTEGER -> value.isIntegralNumber();
            case NUMBER -> value.isNumber();
            case ARRAY -> value.isArray();
          };
      if (!right) {
        throw malformed(type + ": " + name + " has the wrong type");
      }
    }
  }

  private record Element(String type, List<String> strict, List<Member> members) {
    void check(JsonNode content, boolean strictMedia) {
      members.forEach(member -> member.check(content, type));
      if (strictMedia) {
        for (String name : strict) {
          if (content.path(name).isMissingNode()) {
            throw malformed(type + ": " + name + " is missing");
          }
        }
      }
    }
  }
}
