package im.palisade.server.groupmessage;

import im.palisade.server.group.PermissionStore;
import im.palisade.server.group.PermissionStore.Granted;
import im.palisade.server.group.Permit;
import im.palisade.server.groupmessage.Place.Topic;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** SQL of what a send must know of its group; every statement goes by primary or unique keys. */
final class PlaceStore {
  private static final int OWNER_OR_ADMIN = 2;
  private static final int OWNER = 3;

  private final PermissionStore permissions = new PermissionStore();

  /**
   * How an account stands in a place.
   *
   * @param version of the conversation these facts belong to
   * @param gone whether the group or topic is dissolved
   * @param member whether it belongs to the group
   * @param mutedUntil UNIX seconds until which it may not send; 0 when it may
   * @param mutedByAll whether everybody is muted and it has no role above that
   * @param maySend whether a member's permission groups let it, where a community has them
   * @param mayMentionAll likewise
   */
  record Standing(
      long version,
      boolean gone,
      boolean member,
      boolean superior,
      String nameCard,
      long mutedUntil,
      boolean mutedByAll,
      boolean maySend,
      boolean mayMentionAll) {

    private Standing granted(boolean send, boolean mentionAll) {
      return new Standing(
          version, gone, member, superior, nameCard, mutedUntil, mutedByAll, send, mentionAll);
    }
  }

  /** The live topic of that id. */
  Optional<Topic> topic(Connection connection, long communityId, String topicId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT c.id, c.version FROM group_topic t JOIN conversation c ON c.id = t.conversation_id
            WHERE t.community_id = ? AND t.gone_id = 0 AND t.topic_id = ?
            """)) {
      select.setLong(1, communityId);
      select.setBytes(2, topicId.getBytes(StandardCharsets.UTF_8));
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(new Topic(rows.getLong(1), topicId, rows.getLong(2)))
            : Optional.empty();
      }
    }
  }

  /**
   * How an account stands there now, in one statement, so that version and facts belong together.
   */
  Standing standing(Connection connection, Place place, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT c.version, g.gone_id <> 0 OR COALESCE(t.gone_id, 0) <> 0, m.role, m.name_card,
              GREATEST(COALESCE(mute.until, 0), COALESCE(topic_mute.until, 0)),
              g.mute_all <> 0 OR COALESCE(t.mute_all, 0) <> 0,
              g.enable_permission <> 0, g.default_permission
            FROM im_group g
            JOIN conversation c ON c.id = ?
            LEFT JOIN group_topic t ON t.conversation_id = c.id
            LEFT JOIN group_member m
              ON m.conversation_id = g.conversation_id AND m.account_id = ?
            LEFT JOIN group_mute mute
              ON mute.conversation_id = g.conversation_id AND mute.account_id = ?
            LEFT JOIN group_mute topic_mute
              ON topic_mute.conversation_id = t.conversation_id AND topic_mute.account_id = ?
            WHERE g.conversation_id = ?
            """)) {
      select.setLong(1, place.id());
      select.setLong(2, accountId);
      select.setLong(3, accountId);
      select.setLong(4, accountId);
      select.setLong(5, place.group().id());
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return new Standing(0, true, false, false, "", 0, false, false, false);
        }
        int role = rows.getInt(3);
        byte[] card = rows.getBytes(4);
        boolean byPermission = rows.getBoolean(7);
        // Where permission groups rule, admins have no rights as such.
        boolean superior = role >= (byPermission ? OWNER : OWNER_OR_ADMIN);
        Standing standing =
            new Standing(
                rows.getLong(1),
                rows.getBoolean(2),
                role > 0,
                superior,
                card == null ? "" : new String(card, StandardCharsets.UTF_8),
                rows.getLong(5),
                rows.getBoolean(6) && !superior,
                true,
                true);
        return byPermission && !superior
            ? granted(connection, place, accountId, rows.getLong(8), standing)
            : standing;
      }
    }
  }

  private Standing granted(
      Connection connection, Place place, long accountId, long everybodys, Standing standing)
      throws SQLException {
    long topic = place.topic().map(Topic::id).orElse(0L);
    Granted granted = permissions.granted(connection, place.group().id(), topic, accountId);
    long bits = granted.communityBits() | everybodys;
    return standing.granted(
        Permit.SEND.in(bits, granted.topicBits()),
        Permit.MENTION_ALL.in(bits, granted.topicBits()));
  }

  /** UNIX seconds of a conversation's newest message. */
  long lastTime(Connection connection, long conversationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT last_time FROM conversation WHERE id = ?")) {
      select.setLong(1, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** How many members the group has. */
  int members(Connection connection, long groupId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT member_count FROM im_group WHERE conversation_id = ?")) {
      select.setLong(1, groupId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getInt(1) : 0;
      }
    }
  }
}
