package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.protocol.Json;
import java.util.Collection;

/**
 * System notifications of groups (group-semantics §8.2): the event {@code group.notice} to the live
 * connections of those concerned, outside the conversation and never stored.
 */
public final class GroupNotices {
  private final SessionDirectory sessions;

  public GroupNotices(SessionDirectory sessions) {
    this.sessions = sessions;
  }

  /** What a notification is about; {@link #code} is its number on the wire. */
  public enum Kind {
    ASKED_TO_JOIN(1),
    APPROVED(2),
    REFUSED(3),
    REMOVED(4),
    DISSOLVED(5),
    CREATED(6),
    INVITED(7),
    QUIT(8),
    MADE_ADMIN(9),
    NO_LONGER_ADMIN(10),
    RECYCLED(11),
    ASKED_FOR_CONSENT(12),
    INVITATION_ACCEPTED(13),
    INVITATION_REFUSED(14),
    READ_POSITION(15),
    CUSTOM(255);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The number on the wire. */
    public int code() {
      return code;
    }
  }

  /** The frame of a notification. */
  public static EncodedFrame frame(Kind kind, Group group, String operator, ObjectNode more) {
    ObjectNode json =
        Json.object()
            .put("code", kind.code())
            .put("groupId", group.groupId())
            .put("name", group.texts().name())
            .put("type", group.type().name())
            .put("operator", operator);
    json.setAll(more);
    return EncodedFrame.event(ClientEvent.GROUP_NOTICE, json);
  }

  /** Tells accounts; those who are not connected never learn of it. */
  void tell(Kind kind, Group group, Account operator, Collection<Long> receivers, ObjectNode more) {
    EncodedFrame frame = null;
    for (long receiver : receivers) {
      for (var session : sessions.of(receiver)) {
        if (frame == null) {
          frame = frame(kind, group, operator.userId(), more);
        }
        session.send(frame);
      }
    }
  }

  /** Tells all devices of accounts that they belong to the group now, by their own doing. */
  void tellSelf(Group group, Collection<Long> accounts) {
    EncodedFrame frame =
        EncodedFrame.event(
            ClientEvent.GROUP_SELF,
            Json.object()
                .put("groupId", group.groupId())
                .put("role", Role.MEMBER.wireName())
                .put("msgFlag", group.type().msgFlag().wireName()));
    for (long account : accounts) {
      sessions.of(account).forEach(session -> session.send(frame));
    }
  }

  /** The same without more to say. */
  void tell(Kind kind, Group group, Account operator, Collection<Long> receivers) {
    tell(kind, group, operator, receivers, Json.object());
  }
}
