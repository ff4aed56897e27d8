package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.Set;

/**
 * The shape of {@code OfflinePushInfo} (rest-messages A3). Unknown members are kept for whoever
 * pushes; known ones must have their type.
 */
public final class OfflinePush {
  private static final Set<String> INTEGERS =
      Set.of(
          "PushFlag",
          "PushStyle",
          "VIVOClassification",
          "ExtAsHuaweiIntentParam",
          "BadgeMode",
          "MutableContent",
          "ContentAvailable");
  private static final Set<String> TEXTS =
      Set.of(
          "Title",
          "Desc",
          "Ext",
          "Sound",
          "HuaWeiChannelID",
          "XiaoMiChannelID",
          "OPPOChannelID",
          "GoogleChannelID",
          "VIVOCategory",
          "HuaWeiImportance",
          "HuaWeiCategory",
          "HuaWeiImage",
          "HonorImage",
          "HonorImportance",
          "GoogleImage",
          "SubTitle",
          "Image",
          "InterruptionLevel");
  private static final Set<String> OBJECTS = Set.of("AndroidInfo", "ApnsInfo");

  /**
   * Bytes of its JSON at most. Push services take 4 KB; without a limit one batch of 500 recipients
   * would hold and store 500 times what fits a request.
   */
  static final int MAX_BYTES = 12_288;

  private OfflinePush() {}

  /**
   * Checks it.
   *
   * @throws ImException OFFLINE_PUSH_INVALID
   */
  public static void validate(JsonNode info) {
    checkShape(info);
    if (Json.bytes(info).length > MAX_BYTES) {
      throw new ImException(
          ErrorCode.OFFLINE_PUSH_INVALID, "OfflinePushInfo above " + MAX_BYTES + " bytes");
    }
  }

  private static void checkShape(JsonNode info) {
    if (!info.isObject()) {
      throw new ImException(ErrorCode.OFFLINE_PUSH_INVALID, "OfflinePushInfo is not an object");
    }
    info.properties()
        .forEach(
            member -> {
              String name = member.getKey();
              JsonNode value = member.getValue();
              boolean wrong =
                  !value.isNull()
                      && ((INTEGERS.contains(name) && !value.isIntegralNumber())
                          || (TEXTS.contains(name) && !value.isTextual())
                          || (OBJECTS.contains(name) && !value.isObject()));
              if (wrong) {
                throw new ImException(ErrorCode.OFFLINE_PUSH_INVALID, name + " has the wrong type");
              }
              if (OBJECTS.contains(name) && !value.isNull()) {
                checkShape(value);
              }
            });
  }
}
