package im.palisade.server.official;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import im.palisade.server.message.Broadcasts.Broadcast;
import im.palisade.server.message.Broadcasts.Place;
import im.palisade.server.message.MsgKey;
import im.palisade.server.official.OfficialAccount.Profile;
import im.palisade.server.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Official accounts and their messages as others see them. */
final class OfficialJson {
  /** The middle of every key (rest-conversations-ops I10). */
  private static final long KEY_MIDDLE = 1;

  private OfficialJson() {}

  /** {@code seq_1_time}. */
  static String key(Place place) {
    return new MsgKey(place.seq(), KEY_MIDDLE, place.time()).toString();
  }

  /** What a key names; empty when it is none of an official account. */
  static Optional<Place> place(String key) {
    return MsgKey.parse(key)
        .filter(parsed -> parsed.random() == KEY_MIDDLE)
        .map(parsed -> new Place(parsed.msgSeq(), parsed.time()));
  }

  /**
   * A message as clients see it: alike to one of a user (client-protocol, Receiving).
   *
   * @param key of the message; one that is not stored has no number of its own
   */
  static ObjectNode message(OfficialAccount from, Broadcast message, String key) {
    ObjectNode json =
        Json.object()
            .put("conversation", from.wireName())
            .put("seq", message.seq())
            .put("time", message.time())
            .put("random", message.random())
            .put("msgKey", key)
            .put("from", from.account())
            .put("nick", from.profile().name());
    if (!from.profile().faceUrl().isEmpty()) {
      json.put("faceUrl", from.profile().faceUrl());
    }
    if (message.recalled()) {
      json.putArray("body");
      return json.put("recalled", true);
    }
    json.putRawValue("body", body(message));
    message.body().cloudCustomData().ifPresent(custom -> json.put("cloudCustomData", custom));
    if (message.marked()) {
      json.put("hasRiskContent", true);
    }
    return json;
  }

  /** What clients may know of an official account. */
  static ObjectNode profile(OfficialAccount account) {
    Profile profile = account.profile();
    return Json.object()
        .put("officialAccount", account.account())
        .put("name", profile.name())
        .put("introduction", profile.introduction())
        .put("faceUrl", profile.faceUrl())
        .put("organization", profile.organization())
        .put("customString", profile.custom())
        .put("owner", account.owner())
        .put("createTime", account.createdAt())
        .put("subscribers", account.subscribers());
  }

  static RawValue body(Broadcast message) {
    return new RawValue(new String(message.body().elements(), StandardCharsets.UTF_8));
  }
}
