package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.app.App;
import im.palisade.server.app.Principal;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** One authenticated and admitted call of an administrator. */
public final class RestCall {
  /** A caller is answered within this time (rest-conventions §1). */
  public static final Duration BUDGET = Duration.ofSeconds(3);

  /** A webhook carries its depth in this header; a receiver's calls repeat it (callbacks §1.3). */
  public static final String CALLBACK_DEPTH = "X-Callback-Depth";

  private final Principal administrator;
  private final String requestId;
  private final String remoteAddress;
  private final Instant receivedAt;
  private final Fields fields;
  private final Function<String, Optional<String>> parameters;
  private final int callbackDepth;

  /** A call without parameters of its own. */
  RestCall(
      Principal administrator,
      String requestId,
      String remoteAddress,
      Instant receivedAt,
      Fields fields) {
    this(administrator, requestId, remoteAddress, receivedAt, fields, name -> Optional.empty(), 0);
  }

  RestCall(
      Principal administrator,
      String requestId,
      String remoteAddress,
      Instant receivedAt,
      Fields fields,
      Function<String, Optional<String>> parameters,
      int callbackDepth) {
    this.parameters = parameters;
    this.callbackDepth = callbackDepth;
    this.administrator = administrator;
    this.requestId = requestId;
    this.remoteAddress = remoteAddress;
    this.receivedAt = receivedAt;
    this.fields = fields;
  }

  /** The app the call is about. */
  public App app() {
    return administrator.app();
  }

  /** Who calls; always an administrator of the app. */
  public Principal administrator() {
    return administrator;
  }

  /** Stands in the log, in audit events and in the answer's {@code X-Request-Id}. */
  public String requestId() {
    return requestId;
  }

  /** The caller's IP address. */
  public String remoteAddress() {
    return remoteAddress;
  }

  /** When the request line had been read. */
  public Instant receivedAt() {
    return receivedAt;
  }

  /** When the caller must have its answer. */
  public Instant deadline() {
    return receivedAt.plus(BUDGET);
  }

  /**
   * The value, or the field's default, or empty when the field is absent or null.
   *
   * @throws ImException with the field's code when the value is wrong
   * @throws IllegalStateException when the endpoint does not declare the field
   */
  public <T> Optional<T> find(Field<T> field) {
    return fields.find(field);
  }

  /**
   * The value, or the field's default.
   *
   * @throws ImException with the field's code when the value is wrong or there is none
   * @throws IllegalStateException when the endpoint does not declare the field
   */
  public <T> T get(Field<T> field) {
    return fields.get(field);
  }

  /** A parameter of the query beside those every call has; empty when absent or without value. */
  public Optional<String> query(String name) {
    return parameters.apply(name);
  }

  /** The body as it came; must not be changed. */
  public ObjectNode body() {
    return fields.json();
  }

  /**
   * This administrator, by REST, from the caller's network: what every event of the call shares.
   */
  public Cause cause() {
    return new Cause(
        new Actor(ActorKind.ADMIN, administrator.subjectRef()),
        new Source(Channel.REST, Cause.networkOf(remoteAddress)),
        Long.toString(app().appId()),
        requestId,
        receivedAt,
        origin());
  }

  /** What webhooks tell of where the call came from. */
  public Origin origin() {
    return Origin.rest(administrator.userId(), remoteAddress, callbackDepth);
  }
}
