package im.palisade.server.groupmessage;

import im.palisade.server.app.App;
import im.palisade.server.group.Group;

/** Wakes a Work group that nobody has sent anything into yet (group-semantics §9). */
@FunctionalInterface
public interface Activation {
  /** Makes the group visible to its members; nothing happens when it is already. Blocks. */
  void activate(App app, Group group);
}
