package im.palisade.server.relation;

import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Friends of a call as they are read: a malformed one fails by itself. */
final class Items {
  private final Map<String, Optional<NewFriend>> read = new LinkedHashMap<>();

  /** Reads an item unless its account has come before. */
  void take(Fields item, Supplier<NewFriend> reader) {
    read.computeIfAbsent(item.get(SnsFields.TO_ACCOUNT), id -> reading(reader));
  }

  /** Those that could be read. */
  List<NewFriend> valid() {
    List<NewFriend> valid = new ArrayList<>();
    read.values().forEach(each -> each.ifPresent(valid::add));
    return valid;
  }

  RestReply reply(String command, Map<String, RelationFault> faults) {
    Map<String, RelationFault> all = new LinkedHashMap<>(faults);
    read.forEach(
        (userId, friend) -> {
          if (friend.isEmpty()) {
            all.put(userId, RelationFault.INVALID);
          }
        });
    return ItemResults.reply(command, read.keySet(), all);
  }

  /** What the reader makes, or empty when a field is wrong. */
  static <T> Optional<T> reading(Supplier<T> reader) {
    try {
      return Optional.of(reader.get());
    } catch (ImException malformed) {
      return Optional.empty();
    }
  }
}
