package im.palisade.server.message;

import im.palisade.server.store.Counts;
import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the commit feed has for statistics. */
public final class SentCountsStore {
  private static final Sql SETTLE =
      new Sql("UPDATE commit_feed SET uncounted = 0, counts = NULL WHERE id IN (", "?", ")");

  /** What a batch adds, and when it was committed. */
  public record Taken(Instant at, Counts counts) {}

  /**
   * Takes out what has not been counted yet, the oldest first; what others are taking is left to
   * them.
   */
  public List<Taken> take(Connection connection, int most) throws SQLException {
    List<Taken> taken = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, committed_at, counts FROM commit_feed FORCE INDEX (commit_feed_uncounted)
            WHERE uncounted = 1 ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED
            """)) {
      select.setInt(1, most);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
          taken.add(
              new Taken(Instant.ofEpochMilli(rows.getLong(2)), Counts.decode(rows.getBytes(3))));
        }
      }
    }
    SETTLE.update(connection, List.of(), ids, Sql.ID);
    return taken;
  }
}
