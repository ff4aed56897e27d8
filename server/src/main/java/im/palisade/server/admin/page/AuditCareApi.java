package im.palisade.server.admin.page;

import im.palisade.compliance.log.AuditLogException;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.care.AnchorState;
import im.palisade.server.auditlog.care.AuditCare;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How the audit logs are looked after: anchors, verification, the key that signs. */
public final class AuditCareApi {
  private static final String TAG = "audit";

  private final AuditLogFeature audit;
  private final AuditCare care;
  private final Regions regions;

  AuditCareApi(AuditLogFeature audit, AuditCare care, Regions regions) {
    this.audit = audit;
    this.care = care;
    this.regions = regions;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/audit/care", TAG, "Anchors of the logs, and when they were verified")
            .needs(Permission.NODES_READ)
            .passive()
            .recordsNone("tells of machines, and of no user")
            .handledBy(Nothing.class, CareOfLogs.class, this::care),
        AdminEndpoint.post("/audit/verify", TAG, "Has the logs verified now, beside everything")
            .needs(Permission.AUDIT_MANAGE)
            .records("audit.verify")
            .handledBy(Nothing.class, Nothing.class, this::verify),
        AdminEndpoint.post("/audit/rotate-key", TAG, "Lets a new key sign the home region's log")
            .needs(Permission.AUDIT_MANAGE)
            .confirmed()
            .records("audit.key.rotate")
            .handledBy(Nothing.class, FreshKey.class, this::rotate));
  }

  /** All logs. */
  @Meaning("How the audit logs are looked after.")
  public record CareOfLogs(@Meaning("by region") List<CareOfLog> logs) {}

  /** A log. */
  @Meaning("How a region's audit log is looked after.")
  public record CareOfLog(
      @Meaning("region") String region,
      @Meaning("places outside that it is anchored at") List<AnchorPoint> anchors,
      @Meaning("when the server last verified it; absent before the first time")
          Optional<Instant> verifiedAt,
      @Meaning("what that found; empty when all is good") List<String> findings) {}

  /** An anchor. */
  @Meaning("A place outside that the log is anchored at.")
  public record AnchorPoint(
      @Meaning("witness, rfc3161, folder, object-lock or paper") String kind,
      @Meaning("where it is") String address,
      @Meaning("entries of the checkpoint that was anchored last") long size,
      @Meaning("when that was; absent before the first time") Optional<Instant> anchoredAt,
      @Meaning("when all that is in the log was last known to be anchored there")
          Optional<Instant> currentAt,
      @Meaning("attempts in a row that failed") int failures,
      @Meaning("what the last of them said; absent when none failed") Optional<String> problem) {}

  /** A key. */
  @Meaning("The key that signs from now on.")
  public record FreshKey(
      @Meaning("verifier key line, for auditors; proofs of before stay good") String key) {}

  private CareOfLogs care(AdminCall call, Nothing in) {
    List<CareOfLog> logs = new ArrayList<>();
    for (Region region : regions.all()) {
      var checked = care.checks().last(region);
      logs.add(
          new CareOfLog(
              region.name(),
              care.anchoring().states(region).stream().map(AuditCareApi::point).toList(),
              checked.map(result -> result.at()),
              checked.map(result -> result.findings()).orElse(List.of())));
    }
    return new CareOfLogs(logs);
  }

  private static AnchorPoint point(AnchorState state) {
    return new AnchorPoint(
        state.kind(),
        state.address(),
        state.size(),
        state.anchoredAt(),
        state.currentAt(),
        state.failures(),
        state.problem().isEmpty() ? Optional.empty() : Optional.of(state.problem()));
  }

  private Nothing verify(AdminCall call, Nothing in) {
    regions.all().forEach(region -> care.checks().begin(region, call.cause()));
    return Nothing.NOTHING;
  }

  private FreshKey rotate(AdminCall call, Nothing in) {
    try {
      return new FreshKey(audit.of(regions.home()).rotateKey(call.cause()).line());
    } catch (IllegalStateException e) {
      throw AdminException.of(Refusal.CONFLICT, Reason.ROTATION_UNDER_WAY);
    } catch (AuditLogException | IOException e) {
      // The record and the rotation are one entry: there is neither without the log.
      throw AdminException.of(Refusal.UNAVAILABLE, Reason.NOT_ON_RECORD);
    }
  }
}
