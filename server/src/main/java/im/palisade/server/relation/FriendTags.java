package im.palisade.server.relation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import im.palisade.server.app.App;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Texts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The fields of a friend as tags (rest-accounts C0). */
public final class FriendTags {
  public static final String GROUP = "Tag_SNS_IM_Group";
  public static final String REMARK = "Tag_SNS_IM_Remark";
  public static final String SOURCE = "Tag_SNS_IM_AddSource";
  public static final String WORDING = "Tag_SNS_IM_AddWording";
  public static final String TIME = "Tag_SNS_IM_AddTime";
  public static final String CUSTOM = "Tag_SNS_Custom_";

  /** Standard fields in the order they are listed in. */
  public static final List<String> STANDARD = List.of(SOURCE, REMARK, GROUP, TIME, WORDING);

  /** Where a friend came from when nobody said. */
  static final String UNKNOWN_SOURCE = "AddSource_Type_Unknow";

  private static final Pattern SOURCE_FORM = Pattern.compile("AddSource_Type_[A-Za-z]{1,8}");

  private FriendTags() {}

  /** Whether this may be an {@code AddSource}. */
  static boolean isSource(String source) {
    return SOURCE_FORM.matcher(source).matches();
  }

  /** Whether the app has a custom field of that tag. */
  public static boolean isCustom(App app, String tag) {
    return tag.startsWith(CUSTOM)
        && app.settings().friendFields().stream()
            .anyMatch(field -> tag.equals(CUSTOM + field.name()));
  }

  /** A custom value as it is kept, an integer as its decimal text; empty when it is none. */
  static Optional<String> customValue(App app, String tag, JsonNode value) {
    if (!isCustom(app, tag) || !(value.isTextual() || value.isIntegralNumber())) {
      return Optional.empty();
    }
    String text = value.asText();
    return Texts.isWellFormed(text)
            && text.getBytes(StandardCharsets.UTF_8).length <= RelationLimits.CUSTOM_BYTES
        ? Optional.of(text)
        : Optional.empty();
  }

  /** The field's value, or empty when it has none. */
  public static Optional<JsonNode> value(Friend friend, List<String> lists, String tag) {
    return switch (tag) {
      case GROUP -> {
        ArrayNode names = Json.mapper().createArrayNode();
        lists.forEach(names::add);
        yield names.isEmpty() ? Optional.empty() : Optional.of(names);
      }
      case REMARK -> text(friend.remark());
      case SOURCE -> text(friend.source());
      case WORDING -> text(friend.wording());
      case TIME -> Optional.of(LongNode.valueOf(friend.addTime()));
      default -> Optional.ofNullable(friend.custom().get(tag)).map(TextNode::valueOf);
    };
  }

  /** Adds {@code {Tag, Value}} for each of these fields that has a value. */
  public static void addTo(
      ArrayNode items, Friend friend, List<String> lists, Iterable<String> tags) {
    for (String tag : tags) {
      value(friend, lists, tag)
          .ifPresent(value -> items.addObject().put("Tag", tag).set("Value", value));
    }
  }

  /** Tags of the custom fields that have a value. */
  public static List<String> customOf(Friend friend) {
    return List.copyOf(new TreeMap<>(friend.custom()).keySet());
  }

  /** These values over those; empty text clears. */
  static Map<String, String> merged(Map<String, String> present, Map<String, String> given) {
    Map<String, String> merged = new TreeMap<>(present);
    merged.putAll(given);
    merged.values().removeIf(String::isEmpty);
    return merged;
  }

  private static Optional<JsonNode> text(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(TextNode.valueOf(text));
  }
}
