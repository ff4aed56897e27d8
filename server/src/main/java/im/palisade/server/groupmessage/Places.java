package im.palisade.server.groupmessage;

import im.palisade.server.app.App;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupIds;
import im.palisade.server.group.GroupService;
import im.palisade.server.groupmessage.Place.Topic;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.util.Optional;

/** Finds where messages lie by the names callers use. */
final class Places {
  /** Stands in a topic's id behind that of its community. */
  private static final String TOPIC_MARK = "@TOPIC#_";

  private final Regions regions;
  private final GroupService groups;
  private final PlaceStore store = new PlaceStore();

  Places(Regions regions, GroupService groups) {
    this.regions = regions;
    this.groups = groups;
  }

  /**
   * The place a back end names.
   *
   * @throws ImException GROUP_ID_INVALID, GROUP_NOT_FOUND; GROUP_INVALID_PARAMETER for a topic of a
   *     group that has none
   */
  Place named(App app, String groupId, Optional<String> topicId) {
    Group group = groups.require(app, groupId);
    if (topicId.isEmpty()) {
      return new Place(group, Optional.empty());
    }
    if (!group.supportTopic()) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the group has no topics");
    }
    return inTopic(app, group, topicId.get());
  }

  /**
   * The place a client names by its conversation.
   *
   * @throws ImException as {@link #named}
   */
  Place ofConversation(App app, String name) {
    String id = name.substring(Place.PREFIX.length());
    for (int mark = id.indexOf(TOPIC_MARK, 1); mark > 0; mark = id.indexOf(TOPIC_MARK, mark + 1)) {
      // A group may bear such a name too; a topic's community tells them apart.
      Optional<Group> community = groups.find(app, id.substring(0, mark));
      if (community.isPresent() && community.get().supportTopic()) {
        return inTopic(app, community.get(), id);
      }
    }
    return named(app, id, Optional.empty());
  }

  /** Forgets the version last seen. */
  void forget(App app, Place place) {
    groups.refresh(app, place.group().groupId());
  }

  private Place inTopic(App app, Group community, String topicId) {
    GroupIds.checkTopic(topicId);
    Topic topic =
        regions
            .of(app)
            .read(connection -> store.topic(connection, community.id(), topicId))
            .orElseThrow(() -> new ImException(ErrorCode.GROUP_NOT_FOUND, "no such topic"));
    return new Place(community, Optional.of(topic));
  }
}
