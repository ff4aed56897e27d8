package im.palisade.server.message;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** SQL of whose conversations are. */
final class SequenceHeadStore {
  private static final Sql APPS =
      new Sql("SELECT id, app_id FROM conversation WHERE id IN (", "?", ")");

  void appsOf(Connection connection, Collection<Long> conversations, Map<Long, Long> into)
      throws SQLException {
    if (!conversations.isEmpty()) {
      APPS.select(
          connection,
          List.of(),
          conversations,
          Sql.ID,
          row -> into.put(row.getLong(1), row.getLong(2)));
    }
  }
}
