package im.palisade.compliance.file;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A copy of files in memory that a test may change as an intruder would. */
public final class MapFiles implements ReadableFiles {
  private final TreeMap<String, byte[]> files;

  public MapFiles(Map<String, byte[]> files) {
    this.files = new TreeMap<>(files);
  }

  public Map<String, byte[]> map() {
    return files;
  }

  @Override
  public Optional<byte[]> read(String path) {
    return Optional.ofNullable(files.get(path));
  }

  @Override
  public List<String> list(String folder) {
    String prefix = folder.isEmpty() ? "" : folder + "/";
    TreeSet<String> names = new TreeSet<>();
    for (String name : files.tailMap(prefix, true).keySet()) {
      if (!name.startsWith(prefix)) {
        break;
      }
      names.add(name.substring(prefix.length()).split("/", 2)[0]);
    }
    return List.copyOf(names);
  }
}
