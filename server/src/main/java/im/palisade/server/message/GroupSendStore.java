package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a batch with group messages writes beside their rows: the sender's own member row, and a row
 * for each account that is meant in particular. How many members a group has plays no part.
 */
final class GroupSendStore {
  /** Typed, since not every server takes an untyped parameter of a derived table for a number. */
  private static final Sql MEMBERS =
      new Sql(
          "UPDATE (",
          """
          SELECT CAST(? AS UNSIGNED) AS conversation_id, CAST(? AS UNSIGNED) AS account_id,
            CAST(? AS UNSIGNED) AS sent, CAST(? AS UNSIGNED) AS sent_at
          """,
          " UNION ALL ",
          """
          ) news STRAIGHT_JOIN group_member member
            ON member.conversation_id = news.conversation_id AND member.account_id = news.account_id
          SET member.last_send_time = news.sent_at, member.own_after = member.own_after + news.sent
          """);

  private static final String TOPIC_MEMBER =
      """
      INSERT INTO group_topic_member (conversation_id, account_id, own_after) VALUES (?, ?, ?)
      ON DUPLICATE KEY UPDATE own_after = own_after + VALUES(own_after)
      """;

  private static final Sql TARGETS =
      new Sql(
          "INSERT IGNORE INTO message_target (conversation_id, seq, account_id) VALUES ",
          "(?, ?, ?)",
          "");

  private static final Sql MENTIONS =
      new Sql(
          "INSERT IGNORE INTO message_mention (conversation_id, account_id, seq) VALUES ",
          "(?, ?, ?)",
          "");

  private GroupSendStore() {}

  private record Sender(Conversation.Kind kind, long conversationId, long accountId) {}

  private record Sent(long count, long time) {}

  private record Triple(long first, long second, long third) {}

  /** Writes it; does nothing for what is not a group's. */
  static void record(Connection connection, List<Submission> stored) throws SQLException {
    Map<Sender, Sent> senders = new LinkedHashMap<>();
    List<Triple> targets = new ArrayList<>();
    List<Triple> mentions = new ArrayList<>();
    for (Submission each : stored) {
      if (each.message().target() instanceof Target.Group group) {
        long conversationId = each.conversation().id();
        if (group.fromMember()) {
          senders.merge(
              new Sender(each.conversation().kind(), conversationId, each.message().sender().id()),
              new Sent(each.counts() ? 1 : 0, each.time()),
              (a, b) -> new Sent(a.count() + b.count(), b.time()));
        }
        for (Account account : group.only()) {
          targets.add(new Triple(conversationId, each.seq(), account.id()));
        }
        for (Account account : group.mentioned()) {
          mentions.add(new Triple(conversationId, account.id(), each.seq()));
        }
        if (each.message().body().note().mentions().contains(GroupNote.EVERYBODY)) {
          mentions.add(new Triple(conversationId, 0, each.seq()));
        }
      }
    }
    if (!senders.isEmpty()) {
      members(connection, senders);
      topicMembers(connection, senders);
    }
    insert(connection, TARGETS, targets);
    insert(connection, MENTIONS, mentions);
  }

  private static void members(Connection connection, Map<Sender, Sent> senders)
      throws SQLException {
    List<Map.Entry<Sender, Sent>> rows =
        senders.entrySet().stream()
            .filter(each -> each.getKey().kind() == Conversation.Kind.GROUP)
            .toList();
    if (rows.isEmpty()) {
      return;
    }
    // A row that stands in twice is updated once.
    int size = Sql.padded(rows.size());
    try (PreparedStatement update = connection.prepareStatement(MEMBERS.exactly(size))) {
      int at = 1;
      for (int i = 0; i < size; i++) {
        Map.Entry<Sender, Sent> row = rows.get(Math.min(i, rows.size() - 1));
        update.setLong(at++, row.getKey().conversationId());
        update.setLong(at++, row.getKey().accountId());
        update.setLong(at++, row.getValue().count());
        update.setLong(at++, row.getValue().time());
      }
      update.executeUpdate();
    }
  }

  /** Who has no place in the topic gets one, which says that it has read nothing of it. */
  private static void topicMembers(Connection connection, Map<Sender, Sent> senders)
      throws SQLException {
    for (Map.Entry<Sender, Sent> row : senders.entrySet()) {
      if (row.getKey().kind() != Conversation.Kind.TOPIC) {
        continue;
      }
      try (PreparedStatement upsert = connection.prepareStatement(TOPIC_MEMBER)) {
        upsert.setLong(1, row.getKey().conversationId());
        upsert.setLong(2, row.getKey().accountId());
        upsert.setLong(3, row.getValue().count());
        upsert.executeUpdate();
      }
    }
  }

  private static void insert(Connection connection, Sql statement, List<Triple> rows)
      throws SQLException {
    int done = 0;
    while (done < rows.size()) {
      int size = Sql.fitting(rows.size() - done);
      try (PreparedStatement insert = connection.prepareStatement(statement.exactly(size))) {
        int at = 1;
        for (Triple row : rows.subList(done, done + size)) {
          insert.setLong(at++, row.first());
          insert.setLong(at++, row.second());
          insert.setLong(at++, row.third());
        }
        insert.executeUpdate();
      }
      done += size;
    }
  }
}
