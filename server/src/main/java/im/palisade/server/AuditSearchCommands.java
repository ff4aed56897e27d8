package im.palisade.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.bench.AuditIndexBench;
import im.palisade.cli.CliException;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.audit.AuditEventType.Severity;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.index.AuditQuery;
import im.palisade.compliance.index.CommittedIndex;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.index.IndexView;
import im.palisade.compliance.index.SearchCursor;
import im.palisade.compliance.index.SearchPage;
import im.palisade.compliance.log.LogReader;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.CommandRecords;
import im.palisade.server.auditlog.search.AuditExport;
import im.palisade.server.auditlog.search.AuditSearch;
import im.palisade.server.auditlog.search.AuditSearchFeature;
import im.palisade.server.protocol.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code palisade audit search}, {@code export} and {@code reindex}. */
final class AuditSearchCommands {
  private static final int PAGE = 1000;

  private AuditSearchCommands() {}

  /** Puts them under {@code audit}. */
  static void addTo(CommandLine audit) {
    audit.addSubcommand(new SearchLog());
    audit.addSubcommand(new ExportEvents());
    audit.addSubcommand(new Reindex());
    audit.addSubcommand(new AuditIndexBench());
  }

  /** What is looked for. */
  static final class Filter {
    @Option(
        names = "--type",
        paramLabel = "TYPE",
        description = "event type; one that ends with a dot means all that begin so; repeatable")
    private List<String> types = List.of();

    @Option(names = "--outcome", paramLabel = "WORD", description = "e.g. denied; repeatable")
    private List<String> outcomes = List.of();

    @Option(names = "--severity", paramLabel = "WORD", description = "e.g. high; repeatable")
    private List<String> severities = List.of();

    @Option(names = "--app", paramLabel = "SDKAPPID", description = "app")
    private Optional<String> app = Optional.empty();

    @Option(names = "--actor", paramLabel = "REF", description = "pseudonym of who did it")
    private Optional<String> actor = Optional.empty();

    @Option(names = "--target-kind", paramLabel = "KIND", description = "e.g. user, group")
    private Optional<String> targetKind = Optional.empty();

    @Option(names = "--target", paramLabel = "REF|ID", description = "upon whom or what")
    private Optional<String> target = Optional.empty();

    @Option(names = "--subject", paramLabel = "REF", description = "who acted or was acted upon")
    private Optional<String> subject = Optional.empty();

    @Option(names = "--channel", paramLabel = "WORD", description = "e.g. console, rest")
    private Optional<String> channel = Optional.empty();

    @Option(names = "--request", paramLabel = "ID", description = "request that caused it")
    private Optional<String> request = Optional.empty();

    @Option(names = "--case", paramLabel = "ID", description = "case that allowed it")
    private Optional<String> caseId = Optional.empty();

    @Option(names = "--from", paramLabel = "TIME", description = "e.g. 2026-11-01T00:00:00Z")
    private Optional<Instant> from = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "exclusive")
    private Optional<Instant> until = Optional.empty();

    private static void needType(String type) {
      boolean isKnown =
          AuditEventCatalogue.shipped().all().stream()
              .anyMatch(
                  each -> type.endsWith(".") ? each.id().startsWith(type) : each.id().equals(type));
      if (!isKnown) {
        throw new CliException("there is no type of event " + type);
      }
    }

    private static void need(String option, List<String> given, Enum<?>[] known) {
      List<String> words =
          Arrays.stream(known).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
      if (!words.containsAll(given)) {
        throw new CliException(option + " takes " + String.join(", ", words));
      }
    }

    AuditQuery query() {
      types.forEach(Filter::needType);
      need("--outcome", outcomes, Outcome.values());
      need("--severity", severities, Severity.values());
      need("--channel", channel.stream().toList(), Channel.values());
      if (!app.map(id -> id.matches("[0-9]{1,19}")).orElse(true)) {
        throw new CliException("--app takes a number");
      }
      return new AuditQuery(
          types,
          outcomes,
          severities,
          app,
          actor,
          targetKind,
          target,
          subject,
          channel,
          request,
          caseId,
          from,
          until);
    }
  }

  /** What both read: the log's files, and the index up to their newest checkpoint. */
  private static final class Source implements AutoCloseable {
    private final AuditFolder where;
    private final IndexView index;
    private final Map<Integer, LogReader> epochs = new HashMap<>();

    Source(AuditFolder where) throws IOException {
      this.where = where;
      Path folder = AuditSearchFeature.folder(where.data()).resolve(where.region());
      this.index = IndexView.complete(folder, new ReadOnlyDisk(where.log()));
    }

    Optional<PlacedEntry> read(EntryPosition at) throws IOException {
      LogReader epoch = epochs.get(at.epoch());
      if (epoch == null) {
        epoch = LogReader.open(new ReadOnlyDisk(where.log()), at.epoch());
        epochs.put(at.epoch(), epoch);
      }
      if (at.index() >= epoch.size()) {
        return Optional.empty(); // Its checkpoint comes within a second.
      }
      String origin = epoch.head().origin();
      return epoch
          .entry(at.index())
          .map(entry -> new PlacedEntry(origin, at.epoch(), at.index(), entry));
    }

    String origin() throws IOException {
      return LogReader.newest(new ReadOnlyDisk(where.log())).head().origin();
    }

    void record(String type, Cause cause, AuditQuery query, Map<String, Object> change, int count)
        throws IOException {
      AuditEvent event =
          AuditSearch.event(type, origin(), query, change, count, cause, index::knows);
      CommandRecords.of(where.data(), where.region()).leave(List.of(event));
    }

    @Override
    public void close() throws IOException {
      index.close();
    }
  }

  @Command(
      name = "search",
      mixinStandardHelpOptions = true,
      description = {
        "Find events in the audit log up to its newest checkpoint, which is a second old at most.",
        "The search itself is recorded."
      })
  static final class SearchLog extends AuditBody {
    @Mixin private Filter filter = new Filter();

    @Option(names = "--oldest", description = "oldest first instead of newest first")
    private boolean oldest;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "most events (default: ${DEFAULT-VALUE})")
    private int limit = 50;

    @Option(names = "--after", paramLabel = "CURSOR", description = "go on behind that page")
    private Optional<String> after = Optional.empty();

    @Option(names = "--json", description = "whole events, one a line")
    private boolean json;

    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      if (limit < 1 || limit > PAGE) {
        throw new CliException("--limit must be within 1 to " + PAGE);
      }
      AuditQuery query = filter.query();
      Optional<SearchCursor> cursor = after.map(text -> SearchCursor.parse(text, query, !oldest));
      try (Source source = new Source(where)) {
        SearchPage page = source.index.search(query, !oldest, cursor, limit);
        List<PlacedEntry> found = new ArrayList<>();
        for (EntryPosition at : page.found()) {
          source.read(at).ifPresent(found::add);
        }
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("order", oldest ? "oldest" : "newest");
        change.put("results", found.size());
        source.record(
            "audit.query", CommandRecords.cause("audit search"), query, change, found.size());
        for (PlacedEntry entry : found) {
          out.println(json ? ExportFormat.JSONL.line(entry) : line(entry));
        }
        if (!json) {
          out.printf(
              "%d shown of %s%d%n", found.size(), page.exact() ? "" : "more than ", page.total());
          page.next().ifPresent(next -> out.println("more: --after " + next));
        }
      }
      return 0;
    }

    private static String line(PlacedEntry entry) throws IOException {
      JsonNode event = Json.mapper().readTree(entry.entry());
      List<String> targets = new ArrayList<>();
      event
          .path("target")
          .forEach(
              each ->
                  targets.add(
                      each.path("kind").asText()
                          + ":"
                          + each.path(each.has("ref") ? "ref" : "id").asText()));
      return "%d/%d  %s  %-28s %-8s %s %s"
          .formatted(
              entry.epoch(),
              entry.index(),
              event.path("time").asText(),
              event.path("type").asText(),
              event.at("/outcome/result").asText(),
              event.at("/actor/ref").asText(),
              String.join(" ", targets).replaceAll("[\\p{Cc}\\p{Cf}]", "\uFFFD"));
    }
  }

  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = {
        "Write events into a file for another system, with a manifest beside it.",
        "Each carries its place in the log, so that the copy can be checked. The export is"
            + " recorded."
      })
  static final class ExportEvents extends AuditBody {
    @Mixin private Filter filter = new Filter();

    @Option(
        names = "--format",
        required = true,
        description = "jsonl, csv, cef, syslog, ocsf or ecs")
    private String format = "";

    @Option(names = "--reason", required = true, description = "why; goes on record")
    private String reason = "";

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FILE",
        required = true,
        description = "where to; must not be there yet")
    private Path output = Path.of("");

    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      ExportFormat form = ExportFormat.of(format);
      if (Files.exists(output)) {
        throw new CliException(output + " is there already");
      }
      AuditQuery query = filter.query();
      Path part = output.resolveSibling(output.getFileName() + ".part");
      try (Source source = new Source(where)) {
        int events = write(source, query, form, part);
        String sha256 = HexFormat.of().formatHex(sha256(part));
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("format", form.word());
        change.put("reason", reason);
        change.put("sha256", sha256);
        Cause cause = CommandRecords.cause("audit export");
        source.record("audit.export", cause, query, change, events);
        ObjectNode manifest =
            AuditExport.manifest(
                source.origin(), query.asked(), form, events, cause.actor().ref(), cause.time());
        manifest.put("bytes", Files.size(part)).put("sha256", sha256).put("complete", true);
        manifest.put(
            "checkpoint", LogReader.newest(new ReadOnlyDisk(where.log())).checkpoint().toString());
        Files.writeString(
            output.resolveSibling(output.getFileName() + ".manifest.json"),
            CanonicalJson.text(manifest) + "\n");
        Files.move(part, output, StandardCopyOption.ATOMIC_MOVE);
        out.printf("wrote %s: %d events, SHA-256 %s%n", output, events, sha256);
      } finally {
        Files.deleteIfExists(part);
      }
      return 0;
    }

    private static int write(Source source, AuditQuery query, ExportFormat form, Path part)
        throws IOException {
      int events = 0;
      try (BufferedWriter to = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
        if (!form.header().isEmpty()) {
          to.write(form.header() + form.lineEnd());
        }
        Optional<SearchCursor> cursor = Optional.empty();
        do {
          SearchPage page = source.index.search(query, false, cursor, PAGE);
          for (EntryPosition at : page.found()) {
            Optional<PlacedEntry> entry = source.read(at);
            if (entry.isPresent()) {
              to.write(form.line(entry.get()) + form.lineEnd());
              events++;
            }
          }
          cursor = page.next();
        } while (cursor.isPresent());
      }
      return events;
    }

    private static byte[] sha256(Path file) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] bytes = new byte[1 << 16];
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
          digest.update(bytes, 0, n);
        }
        return digest.digest();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every runtime has SHA-256", e);
      }
    }
  }

  @Command(
      name = "reindex",
      mixinStandardHelpOptions = true,
      description = {
        "Make the query index anew from the log's files: at once by a running server, else by the"
            + " next that starts. The log itself is not touched."
      })
  static final class Reindex extends AuditBody {
    private static final Duration LOOK = Duration.ofSeconds(1);

    @Option(names = "--wait", description = "until the index has every entry again")
    private boolean wait;

    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      where.log();
      Path request = AuditSearchFeature.reindexRequest(where.data(), where.region());
      Files.createDirectories(request.getParent());
      Files.writeString(request, Instant.now() + "\n");
      if (!Files.exists(where.data().resolve(im.palisade.cli.ConnectionFile.NAME))) {
        out.println("no server is running here; the next that starts makes the index anew");
        return 0;
      }
      out.println("the server makes the index anew");
      while (wait && !isDone(where, request, out)) {
        try {
          Thread.sleep(LOOK);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return 1;
        }
      }
      return 0;
    }

    private static boolean isDone(AuditFolder where, Path request, PrintWriter out)
        throws IOException {
      if (Files.exists(request)) {
        return false;
      }
      LogReader log = LogReader.newest(new ReadOnlyDisk(where.log()));
      Path folder = AuditSearchFeature.folder(where.data()).resolve(where.region());
      EntryPosition next = reach(folder);
      EntryPosition end = new EntryPosition(log.files().epoch(), log.size());
      out.printf("epoch %d, %d of %d entries%n", next.epoch(), next.index(), end.index());
      out.flush();
      return next.compareTo(end) >= 0;
    }

    /** How far the kept index reaches; one that is being removed has nothing. */
    private static EntryPosition reach(Path folder) {
      try {
        Optional<CommittedIndex> kept = CommittedIndex.open(folder);
        if (kept.isPresent()) {
          try (CommittedIndex index = kept.get()) {
            return index.next();
          }
        }
      } catch (IOException e) {
        return EntryPosition.START;
      }
      return EntryPosition.START;
    }
  }
}
