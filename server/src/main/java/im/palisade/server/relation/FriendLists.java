package im.palisade.server.relation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The named lists of one account: up to 32, each a bit in its friends' {@code lists}. */
final class FriendLists {
  private final Map<String, Integer> slots;
  private final Map<String, Integer> created = new LinkedHashMap<>();
  private final List<Integer> deleted = new ArrayList<>();

  /**
   * The lists as stored.
   *
   * @param slots by name, oldest list first
   */
  FriendLists(Map<String, Integer> slots) {
    this.slots = new LinkedHashMap<>(slots);
  }

  /** Every name, oldest first. */
  List<String> names() {
    return List.copyOf(slots.keySet());
  }

  /** Names of the lists in this set of bits, oldest first. */
  List<String> names(int mask) {
    List<String> names = new ArrayList<>(Integer.bitCount(mask));
    slots.forEach(
        (name, slot) -> {
          if ((mask & 1 << slot) != 0) {
            names.add(name);
          }
        });
    return names;
  }

  /** The bit of that list. */
  OptionalInt find(String name) {
    Integer slot = slots.get(name);
    return slot == null ? OptionalInt.empty() : OptionalInt.of(1 << slot);
  }

  /** Whether lists of these names exist or may still be made. */
  boolean canHold(Collection<String> names) {
    Set<String> all = new HashSet<>(slots.keySet());
    all.addAll(names);
    return all.size() <= RelationLimits.LISTS;
  }

  /** The bits of these lists; missing ones are made, which must be possible. */
  int maskOf(Collection<String> names) {
    int mask = 0;
    for (String name : names) {
      Integer slot = slots.get(name);
      if (slot == null) {
        slot = freeSlot();
        slots.put(name, slot);
        created.put(name, slot);
      }
      mask |= 1 << slot;
    }
    return mask;
  }

  /** Deletes these lists and returns their bits; unknown names are ignored. */
  int delete(Collection<String> names) {
    int mask = 0;
    for (String name : names) {
      Integer slot = slots.remove(name);
      if (slot != null) {
        deleted.add(slot);
        mask |= 1 << slot;
      }
    }
    return mask;
  }

  /** Lists made since they were read: slots by name. */
  Map<String, Integer> created() {
    return created;
  }

  /** Slots of lists deleted since they were read. */
  List<Integer> deleted() {
    return deleted;
  }

  private int freeSlot() {
    int taken = 0;
    for (int slot : slots.values()) {
      taken |= 1 << slot;
    }
    return Integer.numberOfTrailingZeros(~taken);
  }
}
