package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;

/**
 * Takes audit events that belong to no transaction (sign-ons, refusals, summaries). Only for types
 * that are not fail-closed: the act does not wait.
 */
public final class AuditJournal {
  private final Regions regions;

  public AuditJournal(Regions regions) {
    this.regions = regions;
  }

  /** Whether events of a type are recorded: most always are. */
  public boolean records(Tenant app, String type) {
    return regions.of(app).trail().records(type);
  }

  /** Records an event in the region of its app. */
  public void record(Tenant app, AuditEvent event) {
    regions.of(app).trail().offer(event);
  }

  /** Records an event of the installation. */
  public void record(AuditEvent event) {
    regions.home().trail().offer(event);
  }
}
