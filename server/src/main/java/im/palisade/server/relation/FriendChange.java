package im.palisade.server.relation;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.protocol.Texts;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * New values of one friend (rest-accounts C3), read from tags. One that is wrong spoils the whole
 * change, but not that of other friends.
 */
final class FriendChange {
  private final Map<String, String> custom = new HashMap<>();
  private Optional<String> remark = Optional.empty();
  private Optional<List<String>> lists = Optional.empty();
  private final RelationTexts.Reading reading;
  private boolean valid;

  private FriendChange(RelationTexts.Reading reading) {
    this.reading = reading;
  }

  static FriendChange of(
      App app, List<Map.Entry<String, JsonNode>> values, RelationTexts.Reading reading) {
    FriendChange change = new FriendChange(reading);
    change.valid = !values.isEmpty();
    for (Map.Entry<String, JsonNode> each : values) {
      change.valid &= change.take(app, each.getKey(), each.getValue());
    }
    return change;
  }

  /** Changes the friend, or says why not. */
  Optional<RelationFault> apply(RelationUnit unit, Friend friend, Account other)
      throws SQLException {
    if (!valid) {
      return Optional.of(RelationFault.INVALID);
    }
    if (reading.fault().isPresent()) {
      return reading.fault();
    }
    Friend changed = friend.withRemark(remark.orElse(friend.remark()));
    if (lists.isPresent()) {
      FriendLists own = unit.lists(friend.ownerId());
      if (!own.canHold(lists.get())) {
        return Optional.of(RelationFault.LISTS_FULL);
      }
      changed = changed.withLists(own.maskOf(lists.get()));
    }
    unit.change(friend, changed.withCustom(FriendTags.merged(friend.custom(), custom)), other);
    return Optional.empty();
  }

  private boolean take(App app, String tag, JsonNode value) {
    return switch (tag) {
      case FriendTags.REMARK -> takeRemark(value);
      case FriendTags.GROUP -> takeLists(value);
      default -> {
        Optional<String> text = FriendTags.customValue(app, tag, value);
        text.ifPresent(given -> custom.put(tag, given));
        yield text.isPresent();
      }
    };
  }

  private boolean takeRemark(JsonNode value) {
    if (!isText(value) || bytes(value) > RelationLimits.REMARK_BYTES) {
      return false;
    }
    remark = Optional.of(reading.text(value.textValue(), RelationLimits.REMARK_BYTES));
    return true;
  }

  private boolean takeLists(JsonNode value) {
    if (!value.isArray()) {
      return false;
    }
    List<String> names = new ArrayList<>(value.size());
    for (JsonNode name : value) {
      if (!isText(name)
          || name.textValue().isEmpty()
          || bytes(name) > RelationLimits.LIST_NAME_BYTES) {
        return false;
      }
      names.add(name.textValue());
    }
    lists = Optional.of(reading.listNames(names));
    return true;
  }

  private static boolean isText(JsonNode value) {
    return value.isTextual() && Texts.isWellFormed(value.textValue());
  }

  private static int bytes(JsonNode text) {
    return text.textValue().getBytes(StandardCharsets.UTF_8).length;
  }
}
