package im.palisade.server.push;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads how far pushes have come; tasks by their primary key. */
final class PushReportStore {
  private static final Sql REPORTS =
      new Sql(
          """
          SELECT id, app_id, sender_id, random, created_at, done_at, targets FROM push_task
          WHERE app_id = ? AND id IN (\
          """,
          "?",
          ")");

  /** Those of an app's tasks that are there, by what REST knows them by. */
  Map<String, PushReport> find(Connection connection, long appId, Collection<Long> ids)
      throws SQLException {
    Map<String, PushReport> reports = new HashMap<>();
    REPORTS.select(
        connection,
        List.of(appId),
        ids,
        Sql.ID,
        row -> {
          String taskId =
              PushTask.taskId(row.getLong(2), row.getLong(3), row.getLong(1), row.getLong(4));
          reports.put(
              taskId,
              new PushReport(taskId, row.getLong(6) > 0, row.getLong(5) / 1000, row.getLong(7)));
        });
    return reports;
  }
}
