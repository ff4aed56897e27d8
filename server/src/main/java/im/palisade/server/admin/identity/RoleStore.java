package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.Word;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** SQL of roles that are not built in. */
final class RoleStore {
  List<Role> all(Connection connection) throws SQLException {
    List<Role> roles = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT id, name, description, permissions FROM administrator_role ORDER BY id");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        roles.add(
            new Role(
                key(rows.getLong(1)),
                text(rows.getBytes(2)),
                text(rows.getBytes(3)),
                false,
                permissions(text(rows.getBytes(4)))));
      }
    }
    return roles;
  }

  /** Inserts a role; empty when the name is taken. */
  OptionalLong insert(Connection connection, Role role) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO administrator_role (name, description, permissions) VALUES (?, ?, ?)",
            Statement.RETURN_GENERATED_KEYS)) {
      bind(insert, role);
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return OptionalLong.of(generated.getLong(1));
      }
    } catch (SQLIntegrityConstraintViolationException e) {
      return OptionalLong.empty();
    }
  }

  /** Changes a role; false when the name is taken. */
  boolean update(Connection connection, long id, Role role) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE administrator_role SET name = ?, description = ?, permissions = ? WHERE id = ?
            """)) {
      bind(update, role);
      update.setLong(4, id);
      update.executeUpdate();
      return true;
    } catch (SQLIntegrityConstraintViolationException e) {
      return false;
    }
  }

  void delete(Connection connection, long id) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM administrator_role WHERE id = ?")) {
      delete.setLong(1, id);
      delete.executeUpdate();
    }
  }

  /** Whether somebody has the role. */
  boolean isGiven(Connection connection, String key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT 1 FROM administrator_grant WHERE role = ? LIMIT 1")) {
      select.setBytes(1, utf8(key));
      try (ResultSet rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  static String key(long id) {
    return "r" + id;
  }

  private static void bind(PreparedStatement statement, Role role) throws SQLException {
    statement.setBytes(1, utf8(role.name()));
    statement.setBytes(2, utf8(role.description()));
    statement.setBytes(
        3,
        utf8(role.permissions().stream().map(Permission::word).collect(Collectors.joining(" "))));
  }

  /** A word that is no permission any more gives nothing. */
  private static Set<Permission> permissions(String words) {
    Set<String> given = Set.of(words.split(" "));
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    Stream.of(Permission.values())
        .filter(permission -> given.contains(Word.of(permission)))
        .forEach(permissions::add);
    return permissions;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
