package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminOpenApi;
import im.palisade.server.admin.door.Within;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The console's reference is what its calls declare. {@code -Dadmin-openapi.write=FILE} writes it
 * instead of comparing it, which is what {@code ./palisade openapi} does.
 */
class AdminOpenApiTest {
  private static final Path COMMITTED = Path.of("..", "docs", "api", "admin-openapi.yaml");

  private static final Set<Class<?>> BOUNDED =
      Set.of(String.class, List.class, Map.class, int.class, long.class);

  @Test
  void theCommittedReferenceIsWhatTheCallsDeclare() throws IOException {
    String declared = new AdminOpenApi(TestServer.shared().server().adminTable()).yaml();
    String target = System.getProperty("admin-openapi.write", "");
    if (!target.isEmpty()) {
      Files.writeString(Path.of(target).toAbsolutePath(), declared);
      return;
    }
    String committed = Files.exists(COMMITTED) ? Files.readString(COMMITTED) : "";
    assertEquals(
        committed,
        declared,
        "docs/api/admin-openapi.yaml is not up to date: run ./palisade openapi");
  }

  @Test
  void everyTextNumberAndListOfARequestHasItsBounds() {
    for (AdminEndpoint<?, ?> endpoint : TestServer.shared().server().adminTable().all()) {
      checkBounds(endpoint.path(), endpoint.in());
    }
  }

  private static void checkBounds(String where, Class<?> type) {
    for (RecordComponent member : type.getRecordComponents()) {
      Type held = held(member.getGenericType());
      String name = where + " " + member.getName();
      if (BOUNDED.contains(raw(held)) || raw(held) == Integer.class || raw(held) == Long.class) {
        assertTrue(member.isAnnotationPresent(Within.class), name + " has no bounds");
      }
      if (raw(held) == List.class || raw(held) == Map.class) {
        Type[] arguments = ((ParameterizedType) held).getActualTypeArguments();
        held = arguments[arguments.length - 1];
      }
      if (raw(held).isRecord()) {
        checkBounds(name, raw(held));
      }
    }
  }

  private static Type held(Type type) {
    return type instanceof ParameterizedType generic
            && generic.getRawType() == java.util.Optional.class
        ? generic.getActualTypeArguments()[0]
        : type;
  }

  private static Class<?> raw(Type type) {
    return type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type;
  }
}
