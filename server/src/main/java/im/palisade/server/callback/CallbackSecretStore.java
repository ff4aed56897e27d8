package im.palisade.server.callback;

import im.palisade.server.security.SecretBox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;

/** SQL of webhook secrets, one sealed row per app that has any. */
final class CallbackSecretStore {
  private final SecretBox box;

  CallbackSecretStore(SecretBox box) {
    this.box = box;
  }

  CallbackSecrets read(Connection connection, long appId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT secrets FROM callback_secret WHERE app_id = ?")) {
      select.setLong(1, appId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? CallbackSecrets.parse(box.open(rows.getBytes(1), owner(appId)))
            : CallbackSecrets.NONE;
      }
    }
  }

  void write(Connection connection, long appId, CallbackSecrets secrets, Instant now)
      throws SQLException {
    try (PreparedStatement replace =
        connection.prepareStatement(
            "REPLACE INTO callback_secret (app_id, secrets, updated_at) VALUES (?, ?, ?)")) {
      replace.setLong(1, appId);
      replace.setBytes(2, box.seal(secrets.bytes(), owner(appId)));
      replace.setTimestamp(3, Timestamp.from(now));
      replace.executeUpdate();
    }
  }

  private static String owner(long appId) {
    return "callback/" + appId;
  }
}
