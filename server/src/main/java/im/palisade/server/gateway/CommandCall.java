package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.Principal;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of a logged-in client. Exactly one of {@code reply} and {@code fail} is due, from any
 * thread; whatever comes second does nothing, and so does an answer to a client that is gone.
 */
public final class CommandCall implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CommandCall.class);
  private static final VarHandle ANSWERED;
  private static final long U32_MAX = 0xFFFF_FFFFL;

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

  /** The caller's session. */
  public Session session() {
    return connection;
  }

  /** Who calls. */
  public Principal principal() {
    return connection.principal();
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
   * The text in a field, never empty.
   *
   * @throws ImException with {@code code} when it is missing, empty or no text
   */
  public String text(String field, ErrorCode code) {
    String text = optionalText(field, code).orElse("");
    if (text.isEmpty()) {
      throw new ImException(code, field + " is missing");
    }
    return text;
  }

  /**
   * The text in a field, if there is one (null counts as none).
   *
   * @throws ImException with {@code code} when it is something else
   */
  public Optional<String> optionalText(String field, ErrorCode code) {
    return present(field)
        .map(
            value -> {
              if (!value.isTextual()) {
                throw new ImException(code, field + " is not a string");
              }
              return value.textValue();
            });
  }

  /**
   * An unsigned 32-bit integer.
   *
   * @throws ImException with {@code code} when it is missing or anything else
   */
  public long u32(String field, ErrorCode code) {
    return optionalU32(field, code).orElseThrow(() -> new ImException(code, field + " is missing"));
  }

  /**
   * An unsigned 32-bit integer, if there is one (null counts as none).
   *
   * @throws ImException with {@code code} when it is something else
   */
  public OptionalLong optionalU32(String field, ErrorCode code) {
    Optional<JsonNode> value = present(field);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode number = value.get();
    if (!number.isIntegralNumber()
        || !number.canConvertToLong()
        || number.longValue() < 0
        || number.longValue() > U32_MAX) {
      throw new ImException(code, field + " is not an unsigned 32-bit integer");
    }
    return OptionalLong.of(number.longValue());
  }

  /**
   * A flag; false when it is missing or null.
   *
   * @throws ImException with {@code code} when it is no boolean
   */
  public boolean flag(String field, ErrorCode code) {
    Optional<JsonNode> value = present(field);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw new ImException(code, field + " is not a boolean");
    }
    return value.isPresent() && value.get().booleanValue();
  }

  /** Runs the handler; the gateway calls this. */
  @Override
  public void run() {
    try {
      command.handler().handle(this);
    } catch (ImException refusal) {
      fail(refusal);
    } catch (RuntimeException | Error fault) {
      LOG.error("command {} failed, request {}", command.name(), requestId(), fault);
      fail(new ImException(ErrorCode.BACKEND_TIMEOUT, "internal error, retry"));
    }
  }

  String lane() {
    return command.lane().keyOf(data);
  }

  private Optional<JsonNode> present(String field) {
    JsonNode value = data.get(field);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  private void answer(EncodedFrame frame) {
    if (ANSWERED.compareAndSet(this, false, true)) {
      connection.shard().submit(connection, frame, frameBytes);
    }
  }
}
