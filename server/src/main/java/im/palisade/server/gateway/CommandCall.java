package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.app.Principal;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.AuditUnavailableException;
import im.palisade.server.store.StoreException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of a logged-in client. Exactly one of {@code reply} and {@code fail} is due, from any
 * thread; whatever comes second does nothing, and so does an answer to a client that is gone.
 */
public final class CommandCall implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CommandCall.class);
  private static final VarHandle ANSWERED;

  static {
    try {
      ANSWERED = MethodHandles.lookup().findVarHandle(CommandCall.class, "answered", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Connection connection;
  private final Command command;
  private final long id;
  private final ObjectNode data;
  private final long receivedAtMillis;
  private final int frameBytes;
  private Params params = Params.NONE;

  @SuppressWarnings("unused") // through ANSWERED
  private volatile boolean answered;

  CommandCall(Connection connection, Command command, long id, ObjectNode data, int frameBytes) {
    this.connection = connection;
    this.command = command;
    this.id = id;
    this.data = data;
    this.frameBytes = frameBytes;
    this.receivedAtMillis = System.currentTimeMillis();
  }

  /** The name of the command that is called. */
  public String command() {
    return command.name();
  }

  /** The caller's session. */
  public Session session() {
    return connection;
  }

  /** Who calls. */
  public Principal principal() {
    return connection.principal();
  }

  /** This user, by its client, from its network: what every event of the call shares. */
  public Cause cause() {
    return new Cause(
        new Actor(ActorKind.USER, principal().subjectRef()),
        new Source(Channel.CLIENT, Cause.networkOf(connection.address())),
        Long.toString(principal().app().appId()),
        requestId(),
        receivedAt(),
        Origin.client(principal().userId(), connection.address(), connection.platform()));
  }

  /** The request's data; empty when it had none. */
  public ObjectNode data() {
    return data;
  }

  /** Names this request in logs and audit records: unique among all requests of all nodes. */
  public String requestId() {
    return connection.id() + '-' + id;
  }

  /** When the frame was read. */
  public Instant receivedAt() {
    return Instant.ofEpochMilli(receivedAtMillis);
  }

  /** Answers with code 0. */
  public void reply(ObjectNode data) {
    reply(Json.bytes(data));
  }

  /** Answers with code 0; {@code data} is a JSON object in UTF-8. */
  public void reply(byte[] data) {
    answer(EncodedFrame.reply(id, data));
  }

  /** Answers with code 0 and no data. */
  public void reply() {
    answer(EncodedFrame.reply(id));
  }

  /** Answers with the refusal's code and text. */
  public void fail(ImException refusal) {
    answer(EncodedFrame.error(id, refusal.code(), refusal.info()));
  }

  /**
   * The value of a declared field, or its default; empty when there is neither.
   *
   * @throws IllegalStateException when the command does not declare the field
   */
  public <T> Optional<T> find(Param<T> param) {
    return params.find(param);
  }

  /**
   * The value of a declared field that is required or has a default.
   *
   * @throws IllegalStateException when it is neither, or not declared
   */
  public <T> T get(Param<T> param) {
    return params.get(param);
  }

  /** A flag; one that is absent is false. */
  public boolean is(Param<Boolean> param) {
    return params.find(param).orElse(false);
  }

  /** Runs the handler; the gateway calls this. */
  @Override
  public void run() {
    try {
      params = Params.read(data, command.params(), command.wrong(), isGrouped());
      command.handler().handle(this);
    } catch (ImException refusal) {
      fail(refusal);
    } catch (AuditUnavailableException e) {
      fail(new ImException(ErrorCode.BACKEND_TIMEOUT, AuditUnavailableException.PUBLIC_REASON));
    } catch (StoreException e) {
      if (e.isBusy()) {
        LOG.warn("command {}: no database connection came free", command.name());
      } else {
        LOG.error("command {} failed in the store, request {}", command.name(), requestId(), e);
      }
      fail(e.refusal(ErrorCode.BACKEND_TIMEOUT, ErrorCode.BACKEND_TIMEOUT));
    } catch (RuntimeException | Error fault) {
      LOG.error("command {} failed, request {}", command.name(), requestId(), fault);
      fail(new ImException(ErrorCode.BACKEND_TIMEOUT, "internal error, retry"));
    }
  }

  String lane() {
    return command.lane().keyOf(data);
  }

  /** Commands of all conversations have other codes in groups. */
  private boolean isGrouped() {
    return data.path("conversation").asText("").startsWith("GROUP");
  }

  private void answer(EncodedFrame frame) {
    if (ANSWERED.compareAndSet(this, false, true)) {
      connection.shard().submit(connection, frame, frameBytes);
    }
  }
}
