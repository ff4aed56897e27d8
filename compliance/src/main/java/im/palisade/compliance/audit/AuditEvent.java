package im.palisade.compliance.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What happened, as the one who did it hands it over: without the node's counter, which the relay
 * gives, and without personal data. Persons appear by their pseudonymous reference only.
 *
 * @param app the app it happened in, or null for the installation
 * @param outcomeCode error code of a failure, else null
 * @param before changed fields before the act, as far as they matter
 * @param change changed fields after the act; empty when nothing was changed
 * @param count items touched by a bulk act, else 1
 * @param context the request that caused it, and the case
 * @param personal values that prove something about a person; only commitments to them are logged
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AuditEvent(
    String type,
    Instant time,
    String app,
    Outcome outcome,
    Integer outcomeCode,
    Actor actor,
    Source source,
    List<Target> target,
    Map<String, Object> before,
    Map<String, Object> change,
    int count,
    Context context,
    List<Personal> personal) {

  /** How it ended. {@code INTENT} precedes a read of content. */
  public enum Outcome {
    SUCCESS,
    FAILURE,
    DENIED,
    PARTIAL,
    INTENT
  }

  /** The kind of the one who acted. */
  public enum ActorKind {
    ADMIN,
    AUDITOR,
    OPERATOR,
    USER,
    SERVICE,
    JOB,
    SYSTEM
  }

  /** The way it came in. */
  public enum Channel {
    CONSOLE,
    REST,
    CLIENT,
    CLI,
    JOB,
    CLUSTER,
    WEBHOOK
  }

  /** Who did it: kind and pseudonymous reference. */
  public record Actor(ActorKind kind, String ref) {
    /** The server acting on its own. */
    public static final Actor SYSTEM = new Actor(ActorKind.SYSTEM, "system");
  }

  /** Where it came from: channel and network prefix (/24 or /48), "local" when there is none. */
  public record Source(Channel channel, String net) {
    /** The server itself. */
    public static final Source LOCAL = new Source(Channel.CLI, "local");
  }

  /** What it was done to: {@code user} for accounts by reference, other kinds by id. */
  public record Target(String kind, String id) {}

  /**
   * What it belongs to.
   *
   * @param request correlation id
   * @param caseId the case that allows it, or empty
   */
  public record Context(String request, String caseId) {}

  /**
   * A personal value: a full address, a user agent, a name, a reason in free text.
   *
   * @param subject reference of the person whose key it is kept under
   * @param slot what it is, e.g. {@code source.ip}
   */
  public record Personal(String subject, String slot, String value) {}

  public AuditEvent {
    AuditEventCatalogue.shipped().type(type);
    target = List.copyOf(target);
    before = Map.copyOf(before);
    change = Map.copyOf(change);
    personal = List.copyOf(personal);
  }

  /** Correlation id. */
  public String request() {
    return context.request();
  }

  /** The same act on {@code count} targets. */
  public static AuditEvent of(
      String type,
      Instant time,
      String app,
      Outcome outcome,
      Actor actor,
      Source source,
      List<Target> target,
      String request) {
    return new AuditEvent(
        type,
        time,
        app,
        outcome,
        null,
        actor,
        source,
        target,
        Map.of(),
        Map.of(),
        Math.max(1, target.size()),
        new Context(request, ""),
        List.of());
  }

  /** The same event with the changed fields. */
  public AuditEvent withChange(Map<String, Object> fields) {
    Copy copy = new Copy(this);
    copy.change = fields;
    return copy.event();
  }

  /** The same event with what the changed fields were before. */
  public AuditEvent withBefore(Map<String, Object> fields) {
    Copy copy = new Copy(this);
    copy.before = fields;
    return copy.event();
  }

  /** The same event over that many items. */
  public AuditEvent withCount(int items) {
    Copy copy = new Copy(this);
    copy.count = items;
    return copy.event();
  }

  /** The same event with the code a failed act was answered with. */
  public AuditEvent withOutcomeCode(int code) {
    Copy copy = new Copy(this);
    copy.outcomeCode = code;
    return copy.event();
  }

  /** The same event with another end. */
  public AuditEvent withOutcome(Outcome end) {
    Copy copy = new Copy(this);
    copy.outcome = end;
    return copy.event();
  }

  /** The same event at another time. */
  public AuditEvent at(Instant when) {
    Copy copy = new Copy(this);
    copy.time = when;
    return copy.event();
  }

  /** The same event on some of its targets. */
  public AuditEvent on(List<Target> targets) {
    Copy copy = new Copy(this);
    copy.target = targets;
    return copy.event();
  }

  /** The same event as something that a case allows; an empty one says nothing. */
  public AuditEvent withCase(String caseId) {
    Copy copy = new Copy(this);
    copy.context = new Context(context.request(), caseId);
    return copy.event();
  }

  /** The same event with values that are kept aside. */
  public AuditEvent withPersonal(List<Personal> values) {
    Copy copy = new Copy(this);
    copy.personal = values;
    return copy.event();
  }

  /** What a copy says that differs in one thing. */
  private static final class Copy {
    String type;
    Instant time;
    String app;
    Outcome outcome;
    Integer outcomeCode;
    Actor actor;
    Source source;
    List<Target> target;
    Map<String, Object> before;
    Map<String, Object> change;
    int count;
    Context context;
    List<Personal> personal;

    Copy(AuditEvent event) {
      type = event.type;
      time = event.time;
      app = event.app;
      outcome = event.outcome;
      outcomeCode = event.outcomeCode;
      actor = event.actor;
      source = event.source;
      target = event.target;
      before = event.before;
      change = event.change;
      count = event.count;
      context = event.context;
      personal = event.personal;
    }

    AuditEvent event() {
      return new AuditEvent(
          type,
          time,
          app,
          outcome,
          outcomeCode,
          actor,
          source,
          target,
          before,
          change,
          count,
          context,
          personal);
    }
  }
}
