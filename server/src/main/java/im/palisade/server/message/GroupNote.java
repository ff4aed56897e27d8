package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a group message carries beside its body; kept with the content, since no query asks for it.
 *
 * @param nameCard the sender's at sending time, or empty
 * @param mentions UserIDs in the order of the text; {@link #EVERYBODY} for all
 */
public record GroupNote(Priority priority, String nameCard, List<String> mentions) {
  /** Stands for all members among mentions; no UserID is that long a name of ours. */
  public static final String EVERYBODY = "__kImSDK_MesssageAtALL__";

  /** Nothing beside the body. */
  public static final GroupNote NONE = new GroupNote(Priority.NORMAL, "", List.of());

  public GroupNote {
    mentions = List.copyOf(mentions);
  }

  boolean isNone() {
    return equals(NONE);
  }

  byte[] encode() {
    ObjectNode json = Json.object().put("p", priority.code());
    if (!nameCard.isEmpty()) {
      json.put("c", nameCard);
    }
    if (!mentions.isEmpty()) {
      ArrayNode array = json.putArray("m");
      mentions.forEach(array::add);
    }
    return Json.bytes(json);
  }

  static GroupNote decode(byte[] bytes) {
    try {
      JsonNode json = Json.mapper().readTree(bytes);
      List<String> mentions = new ArrayList<>();
      json.path("m").forEach(each -> mentions.add(each.asText()));
      return new GroupNote(
          Priority.ofCode(json.path("p").asInt()), json.path("c").asText(""), mentions);
    } catch (IOException e) {
      throw new UncheckedIOException("what was stored can be read", e);
    }
  }
}
