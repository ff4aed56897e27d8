package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.group.MemberStore.Followed;
import im.palisade.server.store.Regions;
import java.util.Collection;
import java.util.List;

/**
 * Keeps the connections of members in the audiences of their groups: at login by one query, then
 * with every membership that begins or ends. Who discards messages of a group is not in its
 * audience.
 */
final class GroupAudiences implements SessionListener {
  private final Regions regions;
  private final SessionDirectory sessions;
  private final Audiences audiences;
  private final MemberStore members;
  private final TopicOptions topics;

  GroupAudiences(
      Regions regions,
      SessionDirectory sessions,
      Audiences audiences,
      MemberStore members,
      TopicOptions topics) {
    this.topics = topics;
    this.regions = regions;
    this.sessions = sessions;
    this.audiences = audiences;
    this.members = members;
  }

  @Override
  public void entering(Session session) {
    App app = session.principal().app();
    Followed followed =
        regions
            .of(app)
            .read(connection -> members.followed(connection, session.principal().accountId()));
    topics.entering(session, followed.deafTo());
    audiences.joinAtLogin(
        followed.groups().stream().map(id -> new AudienceId(app.appId(), id)).toList(), session);
  }

  @Override
  public void opened(Session session, List<Session> kicked) {}

  @Override
  public void closed(Session session, CloseCause cause) {}

  /** The accounts get what is said to the group from now on. */
  void join(App app, long groupId, Collection<Long> accountIds) {
    AudienceId audience = new AudienceId(app.appId(), groupId);
    for (long account : accountIds) {
      sessions.of(account).forEach(session -> audiences.join(audience, session));
    }
  }

  /** The accounts get no more. */
  void leave(App app, long groupId, Collection<Long> accountIds) {
    AudienceId audience = new AudienceId(app.appId(), groupId);
    for (long account : accountIds) {
      sessions.of(account).forEach(session -> audiences.leave(audience, session));
    }
  }

  /** The accounts' sessions that are connected. */
  List<Session> sessions(Collection<Long> accountIds) {
    return accountIds.stream().flatMap(id -> sessions.of(id).stream()).toList();
  }

  /** Nobody gets any more. */
  void disperse(App app, long groupId) {
    audiences.disperse(new AudienceId(app.appId(), groupId));
  }
}
