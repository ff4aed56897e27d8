package im.palisade.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.index.CommittedIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How far those have come that follow the audit log: the query index and the forwarders. */
final class AuditFollowers {
  private AuditFollowers() {}

  /** Adds where each stands, as epoch and entries of it. */
  static void add(ObjectNode status, Path data, String region) throws IOException {
    Path folderOfIndex = data.resolve("audit-index").resolve(region);
    Optional<CommittedIndex> index = CommittedIndex.open(folderOfIndex);
    if (index.isPresent()) {
      try (CommittedIndex kept = index.get()) {
        status.put("indexed", kept.next().epoch() + "/" + kept.next().index());
      }
    }
    Path folder = data.resolve("audit-forward");
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> positions =
          files
              .filter(file -> file.getFileName().toString().startsWith(region + "-"))
              .filter(file -> file.getFileName().toString().endsWith(".json"))
              .sorted()
              .toList();
      for (Path file : positions) {
        String name = file.getFileName().toString();
        String receiver = name.substring(region.length() + 1, name.length() - ".json".length());
        JsonNode position = new ObjectMapper().readTree(file.toFile());
        status.put(
            "forwarded-" + receiver,
            position.path("epoch").asInt() + "/" + position.path("index").asLong());
      }
    }
  }
}
