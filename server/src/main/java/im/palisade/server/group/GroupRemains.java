package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes out what dissolved groups and topics have left, in small transactions beside the lanes of
 * messages: a community has a hundred thousand members. Dissolution itself only marks; a server
 * that dies in between goes on when it is back.
 */
final class GroupRemains {
  private static final int BATCH = 1_000;
  private static final Duration EVERY = Duration.ofMinutes(1);

  /** What of a conversation goes with its group, by its id. */
  private static final List<String> DELETES =
      List.of(
          "DELETE FROM group_mute WHERE conversation_id = ? LIMIT " + BATCH,
          "DELETE FROM group_topic_member WHERE conversation_id = ? LIMIT " + BATCH,
          "DELETE FROM group_application WHERE conversation_id = ? LIMIT " + BATCH,
          "DELETE FROM group_counter WHERE conversation_id = ? LIMIT " + BATCH,
          "DELETE FROM group_attributes WHERE conversation_id = ? LIMIT " + BATCH);

  private final Regions regions;
  private final MemberStore members;

  GroupRemains(Regions regions, MemberStore members) {
    this.regions = regions;
    this.members = members;
  }

  /** Goes on with what a server that ended has left. */
  Job job() {
    return new Job(
        "group-remains",
        EVERY,
        AuditDeclaration.none("the dissolution is on record"),
        () -> regions.all().forEach(GroupRemains.this::cleanAll));
  }

  /** Cleans up after a dissolution: at once what is little, the rest in the background. */
  void clean(App app, long conversationId) {
    Region region = regions.of(app);
    if (!step(region, conversationId)) {
      Thread.startVirtualThread(() -> finish(region, conversationId));
    }
  }

  private void cleanAll(Region region) {
    List<Long> left =
        region.read(
            connection -> {
              List<Long> ids = new ArrayList<>();
              try (PreparedStatement select =
                      connection.prepareStatement("SELECT conversation_id FROM group_remains");
                  ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                  ids.add(rows.getLong(1));
                }
              }
              return ids;
            });
    left.forEach(id -> finish(region, id));
  }

  private void finish(Region region, long conversationId) {
    boolean done = false;
    while (!done) {
      done = step(region, conversationId);
    }
  }

  /** One transaction's worth; true when nothing is left. */
  private boolean step(Region region, long conversationId) {
    return region.inUnitOfWork(
        unit -> {
          Connection connection = unit.connection();
          List<Long> some = members.some(connection, conversationId, BATCH);
          members.end(connection, conversationId, some);
          boolean done = some.size() < BATCH;
          for (long each : withTopics(connection, conversationId)) {
            for (String delete : DELETES) {
              done &= execute(connection, delete, each) < BATCH;
            }
          }
          if (done) {
            execute(
                connection, "DELETE FROM group_remains WHERE conversation_id = ?", conversationId);
          }
          return done;
        });
  }

  private static List<Long> withTopics(Connection connection, long conversationId)
      throws SQLException {
    List<Long> ids = new ArrayList<>(List.of(conversationId));
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT conversation_id FROM group_topic WHERE community_id = ? AND gone_id <> 0")) {
      select.setLong(1, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
    }
    return ids;
  }

  private static int execute(Connection connection, String sql, long id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, id);
      return statement.executeUpdate();
    }
  }
}
