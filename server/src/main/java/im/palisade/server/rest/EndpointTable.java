package im.palisade.server.rest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every REST command this server answers, by path. */
public final class EndpointTable {
  private final List<Endpoint> all;
  private final Map<String, Endpoint> byPath = new HashMap<>();

  /**
   * Makes the table.
   *
   * @throws IllegalArgumentException when two commands claim one path, or one field two names alike
   */
  public EndpointTable(List<Endpoint> endpoints) {
    all = List.copyOf(endpoints);
    for (Endpoint endpoint : all) {
      claim(endpoint.path(), endpoint);
      endpoint.aliases().forEach(alias -> claim(alias, endpoint));
      Set<String> names = new HashSet<>();
      for (Field<?> field : endpoint.fields()) {
        for (String name : field.names()) {
          if (!names.add(name)) {
            throw new IllegalArgumentException(
                endpoint.path() + " declares the field " + name + " twice");
          }
        }
      }
    }
  }

  /** All commands in the order they were given. */
  public List<Endpoint> all() {
    return all;
  }

  /** The command behind {@code service/command}, or empty. */
  public Optional<Endpoint> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  private void claim(String path, Endpoint endpoint) {
    if (path.indexOf('/') < 1 || path.indexOf('/') != path.lastIndexOf('/')) {
      throw new IllegalArgumentException(path + " is not service/command");
    }
    if (byPath.put(path, endpoint) != null) {
      throw new IllegalArgumentException("two endpoints claim " + path);
    }
  }
}
