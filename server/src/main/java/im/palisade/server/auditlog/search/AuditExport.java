package im.palisade.server.auditlog.search;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.server.audit.Cause;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hands out events of one region's log as a file; on record before the file is given away. */
public final class AuditExport {
  private final AuditSearch search;

  /** Exports what that search finds. */
  public AuditExport(AuditSearch search) {
    this.search = search;
  }

  /**
   * A file, or one part of it.
   *
   * @param next cursor of the next part; empty when this is the last
   * @param manifest what the file is, as canonical JSON
   */
  public record Exported(
      String name,
      String mediaType,
      String content,
      int events,
      String sha256,
      Optional<String> next,
      String manifest) {}

  /**
   * Makes a file of everything that fits and was recorded before.
   *
   * @param reason why it is needed
   * @throws AuditSearch.CursorException when the cursor is not of this search
   * @throws AuditSearch.UnavailableException when the index is behind the log: an export with holes
   *     would be taken for the whole
   */
  public Exported export(
      AuditSearch.Request request, ExportFormat format, String reason, Cause cause) {
    AuditSearch.Found found = search.find(request);
    if (found.behind() > 0) {
      throw new AuditSearch.UnavailableException(
          "the index of the audit log is " + found.behind() + " entries behind");
    }
    String content = content(format, found.entries());
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    String sha256 = HexFormat.of().formatHex(MerkleHash.sha256(bytes));
    Map<String, Object> change = new LinkedHashMap<>();
    change.put("format", format.word());
    change.put("reason", reason);
    change.put("sha256", sha256);
    change.put("complete", request.cursor().isEmpty() && found.next().isEmpty());
    search.record("audit.export", request.query(), change, found.entries().size(), cause);
    ObjectNode manifest =
        manifest(
            search.origin(),
            request.query().asked(),
            format,
            found.entries().size(),
            cause.actor().ref(),
            cause.time());
    manifest.put("bytes", bytes.length).put("sha256", sha256);
    manifest.put("complete", request.cursor().isEmpty() && found.next().isEmpty());
    search.checkpoint().ifPresent(checkpoint -> manifest.put("checkpoint", checkpoint));
    return new Exported(
        name(cause.time(), format),
        format.mediaType(),
        content,
        found.entries().size(),
        sha256,
        found.next(),
        CanonicalJson.text(manifest));
  }

  /** What an export is called. */
  public static String name(Instant when, ExportFormat format) {
    String stamp = when.toString().replaceAll("[-:]|\\.[0-9]+", "");
    return "palisade-audit-" + stamp + "." + format.extension();
  }

  /** What any export says of itself. */
  public static ObjectNode manifest(
      String origin,
      Map<String, String> asked,
      ExportFormat format,
      int events,
      String requester,
      Instant created) {
    ObjectNode manifest = JsonNodeFactory.instance.objectNode();
    manifest.put("v", 1).put("kind", "audit-export").put("origin", origin);
    manifest.put("created", created.toString()).put("requester", requester);
    ObjectNode query = manifest.putObject("query");
    asked.forEach(query::put);
    manifest.put("format", format.word()).put("events", events);
    if (format == ExportFormat.CSV) {
      manifest.put("csv_formula_guard", "apostrophe");
    }
    return manifest;
  }

  private static String content(ExportFormat format, List<PlacedEntry> entries) {
    StringBuilder out = new StringBuilder();
    if (!format.header().isEmpty()) {
      out.append(format.header()).append(format.lineEnd());
    }
    entries.forEach(entry -> out.append(format.line(entry)).append(format.lineEnd()));
    return out.toString();
  }
}
