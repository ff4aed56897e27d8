package im.palisade.server.relation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.profile.ProfileField;
import im.palisade.server.protocol.Json;
import im.palisade.server.relation.Notices.Notice;
import im.palisade.server.relation.RelationHead.Count;
import im.palisade.server.relation.RelationHead.Sequence;
import im.palisade.server.store.Regions;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Tells live sessions what has become of relations and profiles (rest-conventions §9): N-FRIEND,
 * N-FRIEND-REQ, N-BLACK, N-PROFILE and the news of follows. A long list comes in several events.
 */
final class RelationEvents {
  private static final int MAX_ITEMS = 100;
  private static final int AUDIENCE_PAGE = 5000;

  private final SessionDirectory sessions;
  private final Regions regions;
  private final FriendStore friends;

  RelationEvents(SessionDirectory sessions, Regions regions, FriendStore friends) {
    this.sessions = sessions;
    this.regions = regions;
    this.friends = friends;
  }

  /** Sends what a transaction has gathered, with the sequences it has led to. */
  void publish(Notices notices, Map<Long, RelationHead> heads, Map<Long, FriendLists> lists) {
    notices
        .all()
        .forEach(
            (accountId, notice) -> {
              List<Session> receivers = sessions.of(accountId);
              if (!receivers.isEmpty()) {
                RelationHead head = heads.get(accountId);
                friends(receivers, notice, head, lists.get(accountId));
                requests(receivers, notice);
                blocklist(receivers, notice, head);
                follows(receivers, notice, head);
              }
            });
  }

  /** A friend is gone for good: tells those who had it. */
  void friendDeleted(long ownerId, String userId, int standardSequence) {
    List<Session> receivers = sessions.of(ownerId);
    if (!receivers.isEmpty()) {
      ObjectNode data = Json.object();
      data.putArray("userIds").add(userId);
      send(receivers, ClientEvent.FRIEND_DELETED, data.put("standardSequence", standardSequence));
    }
  }

  /**
   * Tells the account's own devices what changed in its profile and those who have it as a friend
   * what of that they may see.
   */
  void profileChanged(App app, Account account, Map<ProfileField, String> changed) {
    send(
        sessions.of(account.id()),
        ClientEvent.PROFILE_CHANGED,
        profile(account, changed, field -> true));
    if (changed.keySet().stream().noneMatch(ProfileField::isReadableByFriends)) {
      return;
    }
    EncodedFrame frame =
        EncodedFrame.event(
            ClientEvent.PROFILE_CHANGED,
            profile(account, changed, ProfileField::isReadableByFriends));
    long after = 0;
    List<Long> audience;
    do {
      long from = after;
      audience =
          regions
              .of(app)
              .read(connection -> friends.owners(connection, account.id(), from, AUDIENCE_PAGE));
      for (long owner : audience) {
        sessions.of(owner).forEach(session -> session.send(frame));
        after = owner;
      }
    } while (audience.size() == AUDIENCE_PAGE);
  }

  private void friends(
      List<Session> receivers, Notice notice, RelationHead head, FriendLists lists) {
    entries(receivers, ClientEvent.FRIEND_ADDED, notice.added, head, data -> {});
    if (notice.lists && notice.updated.isEmpty()) {
      ObjectNode data = Json.object();
      data.putArray("friends");
      sequences(data, head);
      names(data, lists);
      send(receivers, ClientEvent.FRIEND_UPDATED, data);
    }
    entries(
        receivers,
        ClientEvent.FRIEND_UPDATED,
        notice.updated,
        head,
        data -> {
          if (lists != null) {
            names(data, lists);
          }
        });
    userIds(
        receivers,
        ClientEvent.FRIEND_DELETED,
        notice.deleted,
        data -> data.put("standardSequence", head.get(Sequence.STANDARD)));
  }

  private void entries(
      List<Session> receivers,
      ClientEvent event,
      List<Notices.Entry> entries,
      RelationHead head,
      Consumer<ObjectNode> more) {
    inParts(
        entries,
        part -> {
          ObjectNode data = Json.object();
          ArrayNode array = data.putArray("friends");
          part.forEach(entry -> array.add(json(entry)));
          sequences(data, head);
          more.accept(data);
          send(receivers, event, data);
        });
  }

  private void requests(List<Session> receivers, Notice notice) {
    if (notice.requested.isEmpty() && notice.ended.isEmpty()) {
      return;
    }
    ObjectNode data = Json.object();
    ArrayNode added = data.putArray("added");
    for (Notices.Request each : notice.requested) {
      FriendRequest request = each.request();
      ObjectNode item =
          added.addObject().put("userId", each.peer()).put("type", type(each.incoming()));
      item.put("time", request.time());
      item.put("source", request.source()).put("wording", request.wording());
    }
    ArrayNode removed = data.putArray("removed");
    for (Notices.EndedRequest each : notice.ended) {
      removed.addObject().put("userId", each.peer()).put("type", type(each.incoming()));
    }
    send(receivers, ClientEvent.FRIEND_REQUEST, data);
  }

  private void blocklist(List<Session> receivers, Notice notice, RelationHead head) {
    BiConsumer<ClientEvent, List<String>> tell =
        (event, userIds) ->
            userIds(
                receivers,
                event,
                userIds,
                data -> data.put("sequence", head.get(Sequence.BLOCKED)));
    tell.accept(ClientEvent.BLOCK_ADDED, notice.blocked);
    tell.accept(ClientEvent.BLOCK_DELETED, notice.unblocked);
  }

  private void follows(List<Session> receivers, Notice notice, RelationHead head) {
    inParts(
        List.copyOf(notice.followed.entrySet()),
        part -> {
          ObjectNode data = Json.object();
          ArrayNode users = data.putArray("users");
          part.forEach(
              each ->
                  users
                      .addObject()
                      .put("userId", each.getKey())
                      .put("followType", each.getValue().followType()));
          data.put("followerCount", head.get(Count.FOLLOWERS));
          data.put("followingCount", head.get(Count.FOLLOWING));
          data.put("mutualCount", head.get(Count.MUTUAL));
          send(receivers, ClientEvent.FOLLOW_CHANGED, data);
        });
  }

  private void userIds(
      List<Session> receivers, ClientEvent event, List<String> userIds, Consumer<ObjectNode> more) {
    inParts(
        userIds,
        part -> {
          ObjectNode data = Json.object();
          part.forEach(data.putArray("userIds")::add);
          more.accept(data);
          send(receivers, event, data);
        });
  }

  private static ObjectNode json(Notices.Entry entry) {
    return json(entry.friend(), entry.lists());
  }

  /** A friend as clients are told it. */
  static ObjectNode json(Friend friend, List<String> lists) {
    ObjectNode json = Json.object().put("userId", friend.userId()).put("remark", friend.remark());
    json.put("source", friend.source()).put("wording", friend.wording());
    json.put("addTime", friend.addTime());
    lists.forEach(json.putArray("groups")::add);
    ArrayNode custom = json.putArray("custom");
    friend.custom().forEach((tag, value) -> custom.addObject().put("tag", tag).put("value", value));
    return json;
  }

  private static ObjectNode profile(
      Account account, Map<ProfileField, String> changed, Predicate<ProfileField> shown) {
    ObjectNode data = Json.object().put("userId", account.userId());
    ArrayNode profile = data.putArray("profile");
    ObjectNode named = data.putObject("changed");
    changed.forEach(
        (field, value) -> {
          if (shown.test(field)) {
            named.set(ProfileCommands.nameOf(field), field.json(value));
            profile.addObject().put("tag", field.tag()).set("value", field.json(value));
          }
        });
    return data;
  }

  private static void sequences(ObjectNode data, RelationHead head) {
    data.put("standardSequence", head.get(Sequence.STANDARD));
    data.put("customSequence", head.get(Sequence.CUSTOM));
  }

  private static void names(ObjectNode data, FriendLists lists) {
    lists.names().forEach(data.putArray("groups")::add);
  }

  static String type(boolean incoming) {
    return incoming ? "Pendency_Type_ComeIn" : "Pendency_Type_SendOut";
  }

  private static <T> void inParts(List<T> items, Consumer<List<T>> each) {
    for (int done = 0; done < items.size(); done += MAX_ITEMS) {
      each.accept(items.subList(done, Math.min(items.size(), done + MAX_ITEMS)));
    }
  }

  private static void send(List<Session> receivers, ClientEvent event, ObjectNode data) {
    if (!receivers.isEmpty()) {
      EncodedFrame frame = EncodedFrame.event(event, data);
      receivers.forEach(session -> session.send(frame));
    }
  }
}
