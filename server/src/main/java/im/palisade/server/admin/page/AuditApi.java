package im.palisade.server.admin.page;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.log.AuditLog;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.RegionLog;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The audit log: its entries, newest first, each with its proof; reading it is on record. */
public final class AuditApi {
  private static final String TAG = "audit";

  /** Entries that one call looks at; it says where the next goes on. */
  private static final int EXAMINED = 5_000;

  private static final int CHUNK = 500;

  private final AuditLogFeature audit;
  private final Regions regions;

  AuditApi(AuditLogFeature audit, Regions regions) {
    this.audit = audit;
    this.regions = regions;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/audit", TAG, "The logs with their size and signed checkpoint")
            .needs(Permission.AUDIT_READ)
            .passive()
            .recordsNone("a checkpoint is made to be shown to everybody")
            .handledBy(Nothing.class, AuditLogs.class, this::logs),
        AdminEndpoint.get("/audit/entries", TAG, "Entries, newest first, that fit what is asked")
            .needs(Permission.AUDIT_READ)
            .records("audit.query")
            .handledBy(EntryQuery.class, EntryPage.class, this::entries),
        AdminEndpoint.get("/audit/proof", TAG, "An entry with the proof that it is in the log")
            .needs(Permission.AUDIT_READ)
            .records("audit.query")
            .handledBy(OneEntry.class, ProvenEntry.class, this::proof));
  }

  /** Logs. */
  @Meaning("The audit logs of the installation.")
  public record AuditLogs(@Meaning("by region") List<ListedLog> logs) {}

  /** A log. */
  @Meaning("A region's audit log.")
  public record ListedLog(
      @Meaning("region") String region,
      @Meaning("entries so far") long size,
      @Meaning("newest signed checkpoint; absent while the log cannot be opened")
          Optional<String> checkpoint,
      @Meaning("why it cannot be written; absent when it can") Optional<String> problem) {}

  /** What is looked for. */
  public record EntryQuery(
      @Meaning("region; default unless given") @Within(min = 1, max = 32) Optional<String> region,
      @Meaning("index of the last entry of the page before, which is not shown again")
          @Within(max = Long.MAX_VALUE)
          Optional<Long> before,
      @Meaning("only of this type, or of all that begin so when it ends with a dot")
          @Within(min = 1, max = 64)
          Optional<String> type,
      @Meaning("only of this app") @Within(min = 1, max = Long.MAX_VALUE) Optional<Long> app,
      @Meaning("only by this pseudonym") @Within(min = 1, max = 128) Optional<String> actor,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 200) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of the audit log.")
  public record EntryPage(
      @Meaning("newest first; may be empty though more lies before") List<ShownEntry> entries,
      @Meaning("to be given as before for the next page; absent at the beginning of the log")
          Optional<Long> next) {}

  /** An entry. */
  @Meaning("An entry of the audit log.")
  public record ShownEntry(
      @Meaning("its place in the log") long index,
      @Meaning("the event, as it was hashed") JsonNode event) {}

  /** Which entry. */
  public record OneEntry(
      @Meaning("region; default unless given") @Within(min = 1, max = 32) Optional<String> region,
      @Meaning("its place in the log") @Within(max = Long.MAX_VALUE) long index) {}

  /** An entry with its proof. */
  @Meaning("An entry with the proof that it is in the log.")
  public record ProvenEntry(
      @Meaning("the entry") ShownEntry entry,
      @Meaning("the very bytes that were hashed, as text") String canonical,
      @Meaning("inclusion proof in the format of C2SP tlog-proof; the auditor's verifier reads it")
          String proof,
      @Meaning("the signed checkpoint it leads to") String checkpoint) {}

  private AuditLogs logs(AdminCall call, Nothing in) {
    List<ListedLog> logs = new ArrayList<>();
    for (Region region : regions.all()) {
      RegionLog log = audit.of(region);
      logs.add(
          new ListedLog(
              region.name(),
              log.log().map(AuditLog::size).orElse(0L),
              log.log().map(open -> open.checkpoint().toString()),
              log.problem()));
    }
    return new AuditLogs(logs);
  }

  private EntryPage entries(AdminCall call, EntryQuery in) {
    AuditLog log = log(in.region());
    recordQuery(call);
    int limit = in.limit().orElse(50);
    long next = Math.min(log.size(), in.before().orElse(Long.MAX_VALUE));
    long stop = Math.max(0, next - EXAMINED);
    List<ShownEntry> found = new ArrayList<>();
    while (next > stop && found.size() < limit) {
      long from = Math.max(stop, next - CHUNK);
      List<byte[]> chunk = read(log, from, (int) (next - from));
      for (int i = chunk.size() - 1; i >= 0 && found.size() < limit; i--) {
        JsonNode event = event(chunk.get(i));
        if (fits(event, in)) {
          found.add(new ShownEntry(from + i, event));
        }
        next = from + i;
      }
    }
    return new EntryPage(found, next == 0 ? Optional.empty() : Optional.of(next));
  }

  private static boolean fits(JsonNode event, EntryQuery in) {
    String type = event.path("type").asText();
    boolean ofType =
        in.type()
            .map(wanted -> wanted.endsWith(".") ? type.startsWith(wanted) : type.equals(wanted))
            .orElse(true);
    boolean ofApp =
        in.app().map(app -> event.path("app").asText().equals(app.toString())).orElse(true);
    boolean byActor =
        in.actor().map(actor -> event.at("/actor/ref").asText().equals(actor)).orElse(true);
    return ofType && ofApp && byActor;
  }

  private ProvenEntry proof(AdminCall call, OneEntry in) {
    AuditLog log = log(in.region());
    if (in.index() >= log.size()) {
      throw AdminException.of(Refusal.NOT_FOUND);
    }
    recordQuery(call);
    try {
      byte[] entry = log.entry(in.index());
      // The newest checkpoint may lag behind the newest entry by a second.
      String checkpoint = log.publish().toString();
      return new ProvenEntry(
          new ShownEntry(in.index(), event(entry)),
          new String(entry, StandardCharsets.UTF_8),
          log.prove(in.index()).toString(),
          checkpoint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private AuditLog log(Optional<String> name) {
    String wanted = name.orElse(Regions.HOME);
    Region region =
        regions.all().stream()
            .filter(each -> each.name().equals(wanted))
            .findFirst()
            .orElseThrow(
                () -> AdminException.invalid("region", Fault.NOT_ALLOWED, "no such region"));
    return audit.of(region).log().orElseThrow(() -> AdminException.of(Refusal.UNAVAILABLE));
  }

  /** Who reads the log stands in it first. */
  private void recordQuery(AdminCall call) {
    regions
        .home()
        .inUnitOfWork(
            unit -> {
              unit.record(
                  call.cause()
                      .event("audit.query", Outcome.INTENT, List.of())
                      .withChange(Map.of("console", "entries")));
              return null;
            });
  }

  private static List<byte[]> read(AuditLog log, long from, int count) {
    try {
      return log.entries(from, count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode event(byte[] entry) {
    try {
      return Json.mapper().readTree(entry);
    } catch (IOException e) {
      throw new UncheckedIOException("what was hashed can be read", e);
    }
  }
}
