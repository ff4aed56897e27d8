package im.palisade.server.official;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.official.OfficialAccount.Profile;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What the endpoints of this feature have in common. */
final class OfficialFields {
  static final String SERVICE = "official_account_open_http_svc";

  /** What cannot be an id is looked at all the same: there is no official account of it. */
  private static final int MAX_TEXT = 1 << 20;

  static final Field<String> OFFICIAL_ACCOUNT = account("Official_Account").required();

  private static final List<Base> BASE =
      List.of(
          new Base("CreateTime", (json, from) -> json.put("CreateTime", from.createdAt())),
          new Base("Name", (json, from) -> json.put("Name", from.profile().name())),
          new Base("Owner_Account", (json, from) -> json.put("Owner_Account", from.owner())),
          new Base("LastMsgTime", (json, from) -> json.put("LastMsgTime", from.lastMessageAt())),
          new Base("SubscriberNum", (json, from) -> json.put("SubscriberNum", from.subscribers())),
          new Base(
              "Introduction",
              (json, from) -> json.put("Introduction", from.profile().introduction())),
          new Base("FaceUrl", (json, from) -> json.put("FaceUrl", from.profile().faceUrl())),
          new Base(
              "Organization",
              (json, from) -> json.put("Organization", from.profile().organization())),
          new Base(
              "CustomString", (json, from) -> json.put("CustomString", from.profile().custom())));

  static final Field<List<String>> BASE_FILTER =
      filter("OfficialAccountBaseInfoFilter", BASE.stream().map(Base::name).toList());

  private OfficialFields() {}

  /** A field of an official account that can be asked for. */
  private record Base(String name, BiConsumer<ObjectNode, OfficialAccount> put) {}

  static Field<String> account(String name) {
    return Field.of(name, new Shape.Text(1, MAX_TEXT), "the official account")
        .whenWrongType(ErrorCode.ACCOUNT_WRONG_TYPE);
  }

  static Field<List<String>> filter(String name, List<String> words) {
    return Field.list(
        name, new Shape.Word(words), 0, 2 * words.size(), "what to answer with; all when absent");
  }

  /** An official account with the fields asked for; all when none were named. */
  static ObjectNode json(OfficialAccount account, Optional<List<String>> wanted) {
    ObjectNode json = Json.object().put("Official_Account", account.account());
    BASE.stream()
        .filter(each -> wanted.isEmpty() || wanted.get().contains(each.name()))
        .forEach(each -> each.put().accept(json, account));
    return json;
  }

  /** The base info of rest-conversations-ops Part I, each with its limit. */
  static final class BaseInfo {
    static final Field<String> NAME = text("Name", 1, 150, "its name");
    static final Field<String> INTRODUCTION = text("Introduction", 0, 400, "what it is about");
    static final Field<String> FACE_URL = text("FaceUrl", 0, 500, "avatar address");
    static final Field<String> ORGANIZATION = text("Organization", 0, 500, "who stands behind it");
    static final Field<String> CUSTOM = text("CustomString", 0, 3000, "the app's own");
    static final Field<Long> MAX_SUBSCRIBERS =
        Field.whole("MaxSubscriberNum", 1, Field.U32_MAX, "most subscribers");

    private BaseInfo() {}

    static Profile profile(RestCall call, String name) {
      return new Profile(
          name,
          call.find(INTRODUCTION).orElse(""),
          call.find(FACE_URL).orElse(""),
          call.find(ORGANIZATION).orElse(""),
          call.find(CUSTOM).orElse(""));
    }

    private static Field<String> text(String name, int min, int max, String meaning) {
      return Field.of(name, new Shape.Text(min, max), meaning);
    }
  }

  /** The list of words within an optional object of filters. */
  static Optional<List<String>> find(Optional<Fields> filters, Field<List<String>> words) {
    return filters.flatMap(fields -> fields.find(words));
  }
}
