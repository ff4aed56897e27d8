package im.palisade.compliance.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.event.EventEncoder;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pack says of itself; this text is signed.
 *
 * @param kind {@code audit} for events, {@code evidence} for an evidence pack
 * @param checkpoint the tree that every event in it is proved to stand in
 * @param events how many there are
 */
public record PackManifest(
    String kind,
    Instant created,
    Checkpoint checkpoint,
    Request request,
    Selection selection,
    long events,
    VerifierKey exportKey,
    List<FileHash> files) {
  /** Who asked for what, over which time, and who allowed it. */
  public record Request(
      String query, String periodFrom, String periodTo, String requester, String approver) {}

  /** Which events there are: all of a range, or those that fit a filter stated in words. */
  public sealed interface Selection {
    /** Exactly the leaves [from, to). */
    record Range(long from, long to) implements Selection {}

    /** Those leaves, in rising order, that the filter names. */
    record Filtered(String filter, List<Long> indexes) implements Selection {
      public Filtered {
        indexes = List.copyOf(indexes);
      }
    }
  }

  /** A file of the pack. */
  public record FileHash(String path, long bytes, String sha256) {}

  private static final ObjectMapper MAPPER = new ObjectMapper();

  public PackManifest {
    files = List.copyOf(files);
  }

  /** Canonical JSON and a line feed: the text of a signed note. */
  public String text() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("v", 1).put("kind", kind).put("created", EventEncoder.time(created)).put("schema", 1);
    out.put("origin", checkpoint.origin()).put("size", checkpoint.size());
    out.put("root", checkpoint.rootText());
    out.putObject("request")
        .put("query", request.query())
        .put("periodFrom", request.periodFrom())
        .put("periodTo", request.periodTo())
        .put("requester", request.requester())
        .put("approver", request.approver());
    ObjectNode selected = out.putObject("selection");
    switch (selection) {
      case Selection.Range range ->
          selected.put("kind", "range").put("from", range.from()).put("to", range.to());
      case Selection.Filtered filtered ->
          selected.put("kind", "filter").put("filter", filtered.filter());
    }
    out.put("events", events).put("exportKey", exportKey.line());
    ArrayNode list = out.putArray("files");
    for (FileHash file : files) {
      list.addObject()
          .put("path", file.path())
          .put("bytes", file.bytes())
          .put("sha256", file.sha256());
    }
    return CanonicalJson.text(out) + "\n";
  }

  /**
   * Reads a manifest; of a filter only the words are in it.
   *
   * @throws IllegalArgumentException when it is malformed
   */
  public static PackManifest parse(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      JsonNode request = json.path("request");
      JsonNode selected = json.path("selection");
      List<FileHash> files = new ArrayList<>();
      for (JsonNode file : json.path("files")) {
        files.add(
            new FileHash(
                file.path("path").asText(),
                file.path("bytes").asLong(),
                file.path("sha256").asText()));
      }
      PackManifest manifest =
          new PackManifest(
              json.path("kind").asText(),
              Instant.parse(json.path("created").asText()),
              Checkpoint.parse(
                  json.path("origin").asText()
                      + "\n"
                      + json.path("size").asText()
                      + "\n"
                      + json.path("root").asText()
                      + "\n"),
              new Request(
                  request.path("query").asText(),
                  request.path("periodFrom").asText(),
                  request.path("periodTo").asText(),
                  request.path("requester").asText(),
                  request.path("approver").asText()),
              selected.path("kind").asText().equals("range")
                  ? new Selection.Range(
                      selected.path("from").asLong(), selected.path("to").asLong())
                  : new Selection.Filtered(selected.path("filter").asText(), List.of()),
              json.path("events").asLong(),
              VerifierKey.parse(json.path("exportKey").asText()),
              files);
      if (!manifest.text().equals(text)) {
        throw new IllegalArgumentException("not a manifest in its canonical form");
      }
      return manifest;
    } catch (IOException | DateTimeException e) {
      throw new IllegalArgumentException("not a manifest", e);
    }
  }
}
