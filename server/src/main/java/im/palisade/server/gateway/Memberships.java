package im.palisade.server.gateway;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The audiences that one connection is a member of. On the event loop. */
final class Memberships {
  private Section[] sections = new Section[1];

  /** At which index a section keeps the connection. */
  private int[] indexes = new int[1];

  private int size;

  /**
   * Audiences left while the login was being decided; null when there are none. Guards against
   * joining by what was read before.
   */
  private List<AudienceId> left;

  /** Enters a section; false when the connection is in its audience already. */
  boolean join(Section section, Connection connection) {
    if (left != null) {
      left.remove(section.id());
    }
    if (placeOf(section.id()) >= 0) {
      return false;
    }
    if (size == sections.length) {
      int capacity = size + (size >> 1) + 1;
      sections = Arrays.copyOf(sections, capacity);
      indexes = Arrays.copyOf(indexes, capacity);
    }
    sections[size] = section;
    indexes[size] = section.add(connection, size);
    size++;
    return true;
  }

  /** Where the audience stands here; -1 when it does not. */
  int placeOf(AudienceId id) {
    for (int i = 0; i < size; i++) {
      if (sections[i].id().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  /** Hands the connection what it is owed before it leaves. */
  void catchUp(int place) {
    sections[place].catchUp(indexes[place]);
  }

  /** Leaves the audience that stands at this place. */
  void leave(int place) {
    Section section = sections[place];
    int index = indexes[place];
    size--;
    if (place != size) {
      sections[place] = sections[size];
      indexes[place] = indexes[size];
      sections[place].placed(indexes[place], place);
    }
    sections[size] = null;
    section.remove(index);
  }

  void leaveAll() {
    while (size > 0) {
      leave(size - 1);
    }
    left = null;
  }

  /** The section keeps the connection at another index now. */
  void moved(int place, int index) {
    indexes[place] = index;
  }

  void remember(AudienceId id) {
    if (left == null) {
      left = new ArrayList<>();
    }
    left.add(id);
  }

  boolean hasLeft(AudienceId id) {
    return left != null && left.contains(id);
  }

  void forgetLeft() {
    left = null;
  }
}
