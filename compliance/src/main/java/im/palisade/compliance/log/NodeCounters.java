package im.palisade.compliance.log;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The last counter of each node, and the events that came lately, by id. */
final class NodeCounters {
  /** How many of the newest events are known by id: an event offered twice is taken once. */
  static final int KNOWN_IDS = 16_384;

  /** Where an event stands in the log and which counter it has. */
  record Place(long index, long counter) {}

  private final Map<String, Long> last = new HashMap<>();
  private final Map<String, Place> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
          return size() > KNOWN_IDS;
        }
      };

  Optional<Place> placeOf(String id) {
    return Optional.ofNullable(known.get(id));
  }

  OptionalLong last(String node) {
    Long n = last.get(node);
    return n == null ? OptionalLong.empty() : OptionalLong.of(n);
  }

  void took(String id, String node, Place place) {
    last.put(node, place.counter());
    known.put(id, place);
  }

  void knows(String id, Place place) {
    known.put(id, place);
  }

  byte[] state(long size) {
    return new WriterState(size, last).bytes();
  }

  /** Takes a saved state over; returns the size it was saved at, 0 when it is of no use. */
  long restore(Optional<byte[]> state, long size) {
    Optional<WriterState> saved =
        state.flatMap(WriterState::parse).filter(each -> each.size() <= size);
    saved.ifPresent(each -> last.putAll(each.counters()));
    return saved.map(WriterState::size).orElse(0L);
  }
}
