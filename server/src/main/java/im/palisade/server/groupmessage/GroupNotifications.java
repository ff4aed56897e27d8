package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupNotices;
import im.palisade.server.group.GroupService;
import im.palisade.server.group.LiveRooms;
import im.palisade.server.group.Rule;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** What an app's back end tells those members of a group who are connected (rest-groups C2). */
final class GroupNotifications {
  private final Regions regions;
  private final GroupService groups;
  private final AccountService accounts;
  private final SessionDirectory sessions;
  private final Audiences audiences;
  private final LiveRooms rooms;
  private final Clock clock;

  GroupNotifications(
      Regions regions,
      GroupService groups,
      AccountService accounts,
      SessionDirectory sessions,
      Audiences audiences,
      LiveRooms rooms,
      Clock clock) {
    this.regions = regions;
    this.groups = groups;
    this.accounts = accounts;
    this.sessions = sessions;
    this.audiences = audiences;
    this.rooms = rooms;
    this.clock = clock;
  }

  /**
   * Notifies; nothing of it is kept. Accounts that do not belong are passed over.
   *
   * @param to UserIDs; everybody when empty
   * @throws ImException GROUP_INVALID_PARAMETER when a live room is not told as a whole
   */
  void send(App app, Place place, String operator, String content, List<String> to, Cause cause) {
    Group group = place.group();
    if (!to.isEmpty() && !group.type().allows(Rule.NOTICE_SOME)) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "a group of this type is told as a whole only");
    }
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              unit.record(cause.event("rest.call", new Target("group", Long.toString(group.id()))));
              return null;
            });
    ObjectNode more =
        Json.object().put("content", content).put("time", clock.instant().getEpochSecond());
    place.topic().ifPresent(topic -> more.put("topicId", topic.topicId()));
    EncodedFrame frame = GroupNotices.frame(GroupNotices.Kind.CUSTOM, group, operator, more);
    if (group.type().isLive()) {
      rooms.say(app, group, frame);
    } else if (to.isEmpty()) {
      audiences.say(new AudienceId(app.appId(), group.id()), frame);
    } else {
      Map<String, Account> named = accounts.findAll(app, to);
      groups
          .members(app, group, named.values().stream().map(Account::id).toList())
          .keySet()
          .forEach(id -> sessions.of(id).forEach(session -> session.send(frame)));
    }
  }
}
