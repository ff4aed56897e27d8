package im.palisade.server.group;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** SQL of operators' searches: ranges of the unique key, whatever the number of groups. */
public final class GroupSearchStore {
  /** Live groups whose id begins so, by id, behind one of them. */
  public List<String> byId(
      Connection connection, long appId, String prefix, String after, int limit)
      throws SQLException {
    byte[] begin = utf8(after.startsWith(prefix) ? after : prefix);
    byte[] end = Arrays.copyOf(utf8(prefix), utf8(prefix).length + 1);
    // No id has a byte of 255.
    end[end.length - 1] = (byte) 0xFF;
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT group_id FROM im_group FORCE INDEX (im_group_id)
            WHERE app_id = ? AND group_id >= ? AND group_id < ? AND group_id <> ? AND gone_id = 0
            ORDER BY app_id, group_id LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setBytes(2, begin);
      select.setBytes(3, end);
      select.setBytes(4, utf8(after));
      select.setInt(5, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<String> ids = new ArrayList<>();
        while (rows.next()) {
          ids.add(new String(rows.getBytes(1), StandardCharsets.UTF_8));
        }
        return ids;
      }
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
