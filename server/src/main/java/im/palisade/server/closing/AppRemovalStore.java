package im.palisade.server.closing;

import im.palisade.server.account.AccountService;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SQL that takes an app out of the tables of every feature. They stand here together, and not with
 * their features, so that one list can be held against the schema: a table that is forgotten keeps
 * what somebody was promised is gone.
 */
final class AppRemovalStore {
  /** Tables of a conversation's rows, with the column that names it. */
  static final Map<String, String> OF_CONVERSATIONS =
      ordered(
          "message", "conversation_id",
          "message_change", "conversation_id",
          "message_extension", "conversation_id",
          "message_hidden", "conversation_id",
          "message_mention", "conversation_id",
          "message_reader", "conversation_id",
          "message_removed", "conversation_id",
          "message_target", "conversation_id",
          "moderation_review", "conversation_id",
          "moderation_review_said", "conversation_id",
          "member", "conversation_id",
          "group_application", "conversation_id",
          "group_attributes", "conversation_id",
          "group_counter", "conversation_id",
          "group_member", "conversation_id",
          "group_mute", "conversation_id",
          "group_past_member", "conversation_id",
          "group_remains", "conversation_id",
          "group_topic", "conversation_id",
          "group_topic_member", "conversation_id",
          "permission_topic", "topic_id",
          "permission_member", "community_id",
          "permission_group", "community_id",
          "live_room_admin", "conversation_id",
          "live_room_ban", "conversation_id",
          "live_room_seq", "conversation_id",
          "official_send", "conversation_id",
          "official_subscriber", "conversation_id",
          "robot_stream", "conversation_id",
          "im_group", "conversation_id",
          "official_account", "conversation_id");

  /** Tables of an account's rows, with the column that names it. */
  static final Map<String, String> OF_ACCOUNTS =
      ordered(
          "blocked", "owner_id",
          "contact_book", "account_id",
          "contact_group", "account_id",
          "contact_group_item", "account_id",
          "contact_item", "account_id",
          "device", "account_id",
          "follow", "follower_id",
          "friend", "owner_id",
          "friend_list", "owner_id",
          "friend_request", "from_id",
          "group_last_seen", "account_id",
          "mute", "account_id",
          "pinned_conversation", "account_id",
          "profile", "account_id",
          "push_attribute", "account_id",
          "push_inbox", "account_id",
          "push_tag", "account_id",
          "relation", "account_id",
          "robot", "account_id");

  /** Tables of an app's rows; all have its {@code app_id}. */
  static final List<String> OF_APPS =
      List.of(
          "callback_outbox",
          "callback_secret",
          "group_day",
          "group_quota_alarm",
          "library_word",
          "live_broadcast",
          "local_word",
          "media_file",
          "moderation_version",
          "official_app",
          "push_attribute_name",
          "push_quota",
          "push_task",
          "robot_app",
          "statistic",
          "statistic_group",
          "statistic_user");

  /** A conversation or account, and the app it is of. */
  record Owned(long id, long appId) {}

  /** An account that goes. */
  record Leaving(long id, String subjectRef, boolean live) {}

  /**
   * The next conversations of every app, by id: one walk over the primary key finds those of one.
   */
  List<Owned> conversations(Connection connection, long after, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, app_id FROM conversation WHERE id > ? ORDER BY id LIMIT ?")) {
      select.setLong(1, after);
      select.setInt(2, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<Owned> some = new ArrayList<>();
        while (rows.next()) {
          some.add(new Owned(rows.getLong(1), rows.getLong(2)));
        }
        return some;
      }
    }
  }

  /** Some accounts of an app, deleted ones included. */
  List<Leaving> accounts(Connection connection, long appId, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, subject_ref, deleted_id FROM account WHERE app_id = ? LIMIT ?")) {
      select.setLong(1, appId);
      select.setInt(2, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<Leaving> some = new ArrayList<>();
        while (rows.next()) {
          some.add(
              new Leaving(
                  rows.getLong(1),
                  AccountService.subjectRef(rows.getBytes(2)),
                  rows.getLong(3) == 0));
        }
        return some;
      }
    }
  }

  /** Deletes at most so many rows that one of these owns; returns how many. */
  int delete(Connection connection, String table, String column, List<Long> owners, int most)
      throws SQLException {
    String marks = String.join(", ", Collections.nCopies(owners.size(), "?"));
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + table + " WHERE " + column + " IN (" + marks + ") LIMIT ?")) {
      for (int i = 0; i < owners.size(); i++) {
        delete.setLong(i + 1, owners.get(i));
      }
      delete.setInt(owners.size() + 1, most);
      return delete.executeUpdate();
    }
  }

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return Collections.unmodifiableMap(map);
  }
}
