package im.palisade.server.app;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.PublicKeys;
import im.palisade.server.security.SecretBox;
import im.palisade.server.security.VerificationKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** SQL of apps, their keys and administrators. Key material is sealed before it goes in. */
final class AppStore {
  private static final int KIND_HMAC = 1;
  private static final int KIND_ECDSA = 2;

  /** Status of an app that is no more. */
  private static final int GONE = 4;

  private final SecretBox secrets;

  AppStore(SecretBox secrets) {
    this.secrets = secrets;
  }

  /** Every app; there are few, and they are kept in memory. */
  List<App> readAll(Connection connection) throws SQLException {
    Map<Long, List<AppKey>> keys = readKeys(connection);
    Map<Long, Set<String>> administrators = readAdministrators(connection);
    List<App> apps = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT app_id, name, status, region, settings FROM app WHERE status <> " + GONE);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long appId = rows.getLong(1);
        apps.add(
            new App(
                appId,
                rows.getString(2),
                App.Status.ofCode(rows.getInt(3)),
                new String(rows.getBytes(4), StandardCharsets.US_ASCII),
                AppSettings.parse(new String(rows.getBytes(5), StandardCharsets.UTF_8)),
                keys.getOrDefault(appId, List.of()),
                administrators.getOrDefault(appId, Set.of())));
      }
    }
    return apps;
  }

  /** The next free SDKAppID as of now; whoever inserts it first has it. */
  long nextAppId(Connection connection, long first) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT COALESCE(MAX(app_id) + 1, ?) FROM app")) {
      select.setLong(1, first);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return Math.max(first, rows.getLong(1));
      }
    }
  }

  /** Inserts an app; false when another has its SDKAppID. */
  boolean insert(Connection connection, App app, Instant now) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO app (app_id, name, status, region, settings, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """)) {
      insert.setLong(1, app.appId());
      insert.setString(2, app.name());
      insert.setInt(3, app.status().code());
      insert.setBytes(4, app.region().getBytes(StandardCharsets.US_ASCII));
      insert.setBytes(5, app.settings().toJson().getBytes(StandardCharsets.UTF_8));
      insert.setTimestamp(6, Timestamp.from(now));
      insert.executeUpdate();
      return true;
    } catch (SQLIntegrityConstraintViolationException e) {
      return false;
    }
  }

  void update(Connection connection, App app) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE app SET name = ?, status = ?, settings = ? WHERE app_id = ?")) {
      update.setString(1, app.name());
      update.setInt(2, app.status().code());
      update.setBytes(3, app.settings().toJson().getBytes(StandardCharsets.UTF_8));
      update.setLong(4, app.appId());
      update.executeUpdate();
    }
  }

  /** Adds an active key and returns its id. */
  long insertKey(Connection connection, long appId, VerificationKey key, Instant now)
      throws SQLException {
    byte[] material =
        switch (key) {
          case VerificationKey.Hmac hmac -> hmac.secret().getBytes(StandardCharsets.UTF_8);
          case VerificationKey.Ecdsa ecdsa -> ecdsa.key().getEncoded();
        };
    int kind =
        switch (key) {
          case VerificationKey.Hmac hmac -> KIND_HMAC;
          case VerificationKey.Ecdsa ecdsa -> KIND_ECDSA;
        };
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO app_key (app_id, kind, material, created_at) VALUES (?, ?, ?, ?)",
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setLong(1, appId);
      insert.setInt(2, kind);
      insert.setBytes(3, secrets.seal(material, owner(appId)));
      insert.setTimestamp(4, Timestamp.from(now));
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return generated.getLong(1);
      }
    }
  }

  /** Takes a key out of use; false when it was not in use. */
  boolean retireKey(Connection connection, long appId, long keyId, Instant now)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE app_key SET retired_at = ?
            WHERE id = ? AND app_id = ? AND retired_at IS NULL
            """)) {
      update.setTimestamp(1, Timestamp.from(now));
      update.setLong(2, keyId);
      update.setLong(3, appId);
      return update.executeUpdate() == 1;
    }
  }

  void insertAdministrator(Connection connection, long appId, String userId, Instant now)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO app_administrator (app_id, user_id, created_at) VALUES (?, ?, ?)")) {
      insert.setLong(1, appId);
      insert.setBytes(2, userId.getBytes(StandardCharsets.UTF_8));
      insert.setTimestamp(3, Timestamp.from(now));
      insert.executeUpdate();
    }
  }

  void deleteAdministrator(Connection connection, long appId, String userId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM app_administrator WHERE app_id = ? AND user_id = ?")) {
      delete.setLong(1, appId);
      delete.setBytes(2, userId.getBytes(StandardCharsets.UTF_8));
      delete.executeUpdate();
    }
  }

  /** Leaves of an app no more than that its SDKAppID is taken. */
  void forget(Connection connection, long appId) throws SQLException {
    for (String sql :
        List.of(
            "DELETE FROM app_key WHERE app_id = ?",
            "DELETE FROM app_administrator WHERE app_id = ?",
            "DELETE FROM app_settings_change WHERE app_id = ?",
            "UPDATE app SET name = '', status = " + GONE + ", settings = '{}' WHERE app_id = ?")) {
      try (PreparedStatement change = connection.prepareStatement(sql)) {
        change.setLong(1, appId);
        change.executeUpdate();
      }
    }
  }

  /** Scans: an installation has few changes of settings, and this is asked once an hour. */
  int deleteChanges(Connection connection, long before, int batch) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM app_settings_change WHERE changed_at < ? ORDER BY id LIMIT ?")) {
      delete.setLong(1, before);
      delete.setInt(2, batch);
      return delete.executeUpdate();
    }
  }

  void insertChange(
      Connection connection,
      long appId,
      Instant now,
      String actor,
      Map<String, JsonNode> before,
      Map<String, JsonNode> after)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO app_settings_change (app_id, changed_at, actor, changed_from, changed_to)
            VALUES (?, ?, ?, ?, ?)
            """)) {
      insert.setLong(1, appId);
      insert.setLong(2, now.toEpochMilli());
      insert.setBytes(3, actor.getBytes(StandardCharsets.UTF_8));
      insert.setBytes(4, Json.bytes(Json.mapper().valueToTree(before)));
      insert.setBytes(5, Json.bytes(Json.mapper().valueToTree(after)));
      insert.executeUpdate();
    }
  }

  List<SettingsChange> changes(Connection connection, long appId, long before, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, changed_at, actor, changed_from, changed_to FROM app_settings_change
            WHERE app_id = ? AND id < ? ORDER BY id DESC LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setLong(2, before);
      select.setInt(3, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<SettingsChange> changes = new ArrayList<>();
        while (rows.next()) {
          changes.add(
              new SettingsChange(
                  rows.getLong(1),
                  Instant.ofEpochMilli(rows.getLong(2)),
                  new String(rows.getBytes(3), StandardCharsets.UTF_8),
                  values(rows.getBytes(4)),
                  values(rows.getBytes(5))));
        }
        return changes;
      }
    }
  }

  private static Map<String, JsonNode> values(byte[] json) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    Json.parseObject(json)
        .orElseThrow()
        .properties()
        .forEach(entry -> values.put(entry.getKey(), entry.getValue()));
    return values;
  }

  private Map<Long, List<AppKey>> readKeys(Connection connection) throws SQLException {
    Map<Long, List<AppKey>> keys = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                """
                SELECT app_id, id, kind, material, created_at FROM app_key
                WHERE retired_at IS NULL ORDER BY id DESC
                """);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long appId = rows.getLong(1);
        byte[] material = secrets.open(rows.getBytes(4), owner(appId));
        VerificationKey key =
            rows.getInt(3) == KIND_HMAC
                ? new VerificationKey.Hmac(new String(material, StandardCharsets.UTF_8))
                : new VerificationKey.Ecdsa(PublicKeys.ec(material));
        keys.computeIfAbsent(appId, id -> new ArrayList<>())
            .add(new AppKey(rows.getLong(2), key, rows.getTimestamp(5).toInstant()));
      }
    }
    return keys;
  }

  private static Map<Long, Set<String>> readAdministrators(Connection connection)
      throws SQLException {
    Map<Long, Set<String>> administrators = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT app_id, user_id FROM app_administrator");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        administrators
            .computeIfAbsent(rows.getLong(1), id -> new HashSet<>())
            .add(new String(rows.getBytes(2), StandardCharsets.UTF_8));
      }
    }
    return administrators;
  }

  private static String owner(long appId) {
    return "app/" + appId;
  }
}
