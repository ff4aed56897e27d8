package im.palisade.server.admin.page;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.index.AuditQuery;
import im.palisade.compliance.log.AuditLog;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.door.Word;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.admin.page.AuditFields.AuditLogs;
import im.palisade.server.admin.page.AuditFields.AuditOrder;
import im.palisade.server.admin.page.AuditFields.EntryPage;
import im.palisade.server.admin.page.AuditFields.EntryQuery;
import im.palisade.server.admin.page.AuditFields.ExportFile;
import im.palisade.server.admin.page.AuditFields.ExportRequest;
import im.palisade.server.admin.page.AuditFields.ListedForwarder;
import im.palisade.server.admin.page.AuditFields.ListedLog;
import im.palisade.server.admin.page.AuditFields.OneEntry;
import im.palisade.server.admin.page.AuditFields.ProvenEntry;
import im.palisade.server.admin.page.AuditFields.ShownEntry;
import im.palisade.server.app.AppService;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.auditlog.RegionLog;
import im.palisade.server.auditlog.forward.ForwardFeature;
import im.palisade.server.auditlog.search.AuditExport;
import im.palisade.server.auditlog.search.AuditSearch;
import im.palisade.server.auditlog.search.AuditSearchFeature;
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
import java.util.function.Supplier;

/** The audit log: searched, proved and taken away as a file; each of these is on record. */
public final class AuditApi {
  private static final String TAG = "audit";

  private final AuditLogFeature audit;
  private final AuditSearchFeature searches;
  private final ForwardFeature forwarders;
  private final AppService apps;
  private final AccountService accounts;
  private final Regions regions;

  AuditApi(
      AuditLogFeature audit,
      AuditSearchFeature searches,
      ForwardFeature forwarders,
      AppService apps,
      AccountService accounts,
      Regions regions) {
    this.audit = audit;
    this.searches = searches;
    this.forwarders = forwarders;
    this.apps = apps;
    this.accounts = accounts;
    this.regions = regions;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/audit", TAG, "The logs with size, checkpoint, index and forwarders")
            .needs(Permission.AUDIT_READ)
            .passive()
            .recordsNone("a checkpoint is made to be shown to everybody")
            .handledBy(Nothing.class, AuditLogs.class, this::logs),
        AdminEndpoint.get("/audit/entries", TAG, "Entries that fit what is asked, page by page")
            .needs(Permission.AUDIT_READ)
            .records("audit.query")
            .handledBy(EntryQuery.class, EntryPage.class, this::entries),
        AdminEndpoint.get("/audit/proof", TAG, "An entry with the proof that it is in the log")
            .needs(Permission.AUDIT_READ)
            .records("audit.query")
            .handledBy(OneEntry.class, ProvenEntry.class, this::proof),
        AdminEndpoint.post("/audit/export", TAG, "Gives entries that fit as a file")
            .needs(Permission.AUDIT_EXPORT)
            .records("audit.export")
            .handledBy(ExportRequest.class, ExportFile.class, this::export));
  }

  private AuditLogs logs(AdminCall call, Nothing in) {
    List<ListedLog> logs = new ArrayList<>();
    for (Region region : regions.all()) {
      RegionLog log = audit.of(region);
      AuditSearch search = searches.of(region);
      logs.add(
          new ListedLog(
              region.name(),
              log.log().map(AuditLog::size).orElse(0L),
              search.behind(),
              log.log().map(open -> open.checkpoint().toString()),
              log.problem(),
              search.problem()));
    }
    return new AuditLogs(
        logs,
        forwarders.states().stream()
            .map(
                state ->
                    new ListedForwarder(
                        state.region(),
                        state.name(),
                        state.place(),
                        state.behind(),
                        state.lag().toSeconds(),
                        state.problem()))
            .toList());
  }

  private EntryPage entries(AdminCall call, EntryQuery in) {
    Region region = region(in.region());
    AuditSearch.Request request = request(in);
    AuditSearch.Found found = searching(() -> searches.of(region).search(request, call.cause()));
    return new EntryPage(
        found.entries().stream().map(AuditApi::shown).toList(),
        found.next(),
        found.total(),
        found.exact(),
        found.behind());
  }

  private ExportFile export(AdminCall call, ExportRequest in) {
    EntryQuery fields = in.query().fields();
    AuditExport export = new AuditExport(searches.of(region(fields.region())));
    AuditSearch.Request request = request(fields);
    AuditExport.Exported file =
        searching(
            () ->
                export.export(
                    request,
                    in.format().format(),
                    in.reason(),
                    call.cause().inCase(in.caseId().orElse(""))));
    return new ExportFile(
        file.name(),
        file.mediaType(),
        file.content(),
        file.events(),
        file.sha256(),
        file.next(),
        file.manifest());
  }

  private static <T> T searching(Supplier<T> search) {
    try {
      return search.get();
    } catch (AuditSearch.UnavailableException e) {
      throw AdminException.of(Refusal.UNAVAILABLE);
    } catch (AuditSearch.CursorException e) {
      throw AdminException.invalid("after", Fault.NOT_ALLOWED, "not of this search");
    }
  }

  private AuditSearch.Request request(EntryQuery in) {
    in.type().forEach(AuditApi::needKnown);
    AuditQuery query =
        new AuditQuery(
            in.type(),
            in.outcome().stream().map(Word::of).toList(),
            in.severity().stream().map(Word::of).toList(),
            in.app().map(Object::toString),
            in.actor(),
            in.targetKind(),
            in.target(),
            in.user().map(user -> pseudonym(in.app(), user)),
            in.channel().map(Word::of),
            in.request(),
            in.caseId(),
            in.from(),
            in.until());
    return new AuditSearch.Request(
        query,
        in.order().orElse(AuditOrder.NEWEST) == AuditOrder.NEWEST,
        in.after(),
        in.limit().orElse(50));
  }

  private static void needKnown(String type) {
    boolean isKnown =
        AuditEventCatalogue.shipped().all().stream()
            .anyMatch(
                each -> type.endsWith(".") ? each.id().startsWith(type) : each.id().equals(type));
    if (!isKnown) {
      throw AdminException.invalid("type", Fault.NOT_ALLOWED, "no such type of event");
    }
  }

  /** A person is known to the log by a pseudonym, and after an erasure by nothing. */
  private String pseudonym(Optional<Long> app, String user) {
    long of =
        app.orElseThrow(() -> AdminException.invalid("app", Fault.MISSING, "a user is of an app"));
    return apps.find(of)
        .flatMap(known -> accounts.find(known, user))
        .map(Account::subjectRef)
        .orElseThrow(() -> AdminException.of(Refusal.NOT_FOUND));
  }

  private ProvenEntry proof(AdminCall call, OneEntry in) {
    Region region = region(in.region());
    AuditSearch search = searches.of(region);
    LogEntries.Proof proven =
        searching(() -> search.prove(in.epoch(), in.index()))
            .orElseThrow(() -> AdminException.of(Refusal.NOT_FOUND));
    region
        .trail()
        .append(
            List.of(
                call.cause()
                    .event(
                        "audit.query",
                        Outcome.SUCCESS,
                        List.of(new Target("audit-log", proven.entry().origin())))
                    .withChange(Map.of("proof", proven.entry().index()))));
    return new ProvenEntry(
        shown(proven.entry()),
        new String(proven.entry().entry(), StandardCharsets.UTF_8),
        proven.proof(),
        proven.checkpoint());
  }

  private Region region(Optional<String> name) {
    String wanted = name.orElse(Regions.HOME);
    return regions.all().stream()
        .filter(each -> each.name().equals(wanted))
        .findFirst()
        .orElseThrow(() -> AdminException.invalid("region", Fault.NOT_ALLOWED, "no such region"));
  }

  private static ShownEntry shown(PlacedEntry entry) {
    try {
      JsonNode event = Json.mapper().readTree(entry.entry());
      return new ShownEntry(entry.epoch(), entry.index(), event);
    } catch (IOException e) {
      throw new UncheckedIOException("what was hashed can be read", e);
    }
  }
}
