package im.palisade.server.auditlog.care;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How anchoring one region's log stands, kept in a file, so that a restart neither forgets a
 * failure nor asks a place more often than agreed.
 */
final class AnchorStates {
  private static final Logger LOG = LoggerFactory.getLogger(AnchorStates.class);

  private final Path file;
  private final Map<String, AnchorState> states = new LinkedHashMap<>();

  AnchorStates(Path file, List<AnchorPlace> places) {
    this.file = file;
    Map<String, AnchorState> before = read(file);
    for (AnchorPlace place : places) {
      AnchorState fresh = AnchorState.fresh(place);
      AnchorState kept = before.getOrDefault(place.kind(), fresh);
      states.put(place.kind(), kept.address().equals(place.address()) ? kept : fresh);
    }
  }

  synchronized AnchorState of(AnchorPlace place) {
    return states.getOrDefault(place.kind(), AnchorState.fresh(place));
  }

  synchronized List<AnchorState> all() {
    return List.copyOf(states.values());
  }

  synchronized void put(AnchorState state) {
    states.put(state.kind(), state);
    ArrayNode out = Json.mapper().createArrayNode();
    states.values().forEach(each -> out.add(each.json()));
    try {
      DurableFiles.write(file, out.toString(), "rw-------");
    } catch (IOException e) {
      LOG.warn("how anchoring stands cannot be kept in {}: {}", file, e.toString());
    }
  }

  private static Map<String, AnchorState> read(Path file) {
    Map<String, AnchorState> states = new LinkedHashMap<>();
    if (Files.exists(file)) {
      try {
        for (JsonNode each : Json.mapper().readTree(file.toFile())) {
          AnchorState state = AnchorState.of(each);
          states.put(state.kind(), state);
        }
      } catch (IOException | DateTimeException e) {
        LOG.warn("{} cannot be read, every place is asked anew: {}", file, e.toString());
      }
    }
    return states;
  }
}
