package im.palisade.compliance.audit;

import java.util.List;

/**
 * One type of audit event.
 *
 * @param id dotted name, e.g. {@code user.import}
 * @param group first part of the id's family in the catalogue
 * @param mandatory cannot be switched off
 * @param failClosed the act is refused when its event cannot be made durable
 * @param onByDefault whether an optional type is recorded unless the operator says otherwise
 * @param ocsfClass class_uid of OCSF 1.8.0
 * @param ocsfActivity activity_id within that class
 * @param ecsCategories event.category values of ECS 9.4
 */
public record AuditEventType(
    String id,
    String group,
    Severity severity,
    boolean mandatory,
    boolean failClosed,
    boolean onByDefault,
    int ocsfClass,
    int ocsfActivity,
    List<String> ecsCategories,
    String title) {

  /** How much attention an event deserves, least first. */
  public enum Severity {
    INFO,
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL
  }
}
