package im.palisade.server.rest;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.List;

/**
 * One REST command, declared: everything the dispatcher, the reference and the tests must know.
 *
 * @param service first part of the path after {@code /v4/}
 * @param command second part
 * @param meaning one sentence for the reference
 * @param callsPerSecond per app, 0 for no limit; an app's settings may say otherwise
 * @param rateCode answered beyond that
 * @param audit the events it records, or why none
 * @param fields every field of the body it reads
 * @param aliases other paths that mean the same, as {@code service/command}
 */
public record Endpoint(
    String service,
    String command,
    Family family,
    String meaning,
    int callsPerSecond,
    ErrorCode rateCode,
    AuditDeclaration audit,
    List<Field<?>> fields,
    List<String> aliases,
    Handler handler) {

  /** Calls per second of a command that declares nothing else (rest-conventions §5.1). */
  public static final int DEFAULT_CALLS_PER_SECOND = 200;

  /** Serves a command. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers one call, on a virtual thread of its own; it may block. It must answer before {@link
     * RestCall#deadline()}: whatever it waits for (a store, a webhook) gets a timeout no later than
     * that, since nothing interrupts a handler that is late.
     *
     * @throws ImException to refuse with a code; anything else that is thrown is answered with the
     *     family's code for an internal error and logged with the request's id
     */
    RestReply handle(RestCall call);
  }

  public Endpoint {
    fields = List.copyOf(fields);
    aliases = List.copyOf(aliases);
  }

  /** Begins a declaration. */
  public static Builder of(String service, String command, Family family) {
    return new Builder(service, command, family);
  }

  /** {@code service/command}: its key in settings and metrics. */
  public String path() {
    return service + '/' + command;
  }

  /** A declaration under way; ends with {@link #handledBy}. */
  public static final class Builder {
    private final String service;
    private final String command;
    private final Family family;
    private String meaning = "";
    private int callsPerSecond = DEFAULT_CALLS_PER_SECOND;
    private ErrorCode rateCode = ErrorCode.COMMAND_RATE_EXCEEDED;
    private List<Field<?>> fields = List.of();
    private List<String> aliases = List.of();

    private Builder(String service, String command, Family family) {
      this.service = service;
      this.command = command;
      this.family = family;
    }

    /** One sentence for the reference. */
    public Builder meaning(String sentence) {
      meaning = sentence;
      return this;
    }

    /** Calls per second and app instead of {@value #DEFAULT_CALLS_PER_SECOND}. */
    public Builder callsPerSecond(int calls) {
      callsPerSecond = calls;
      return this;
    }

    /** The code beyond the limit instead of 60007. */
    public Builder whenTooFrequent(ErrorCode code) {
      rateCode = code;
      return this;
    }

    /** Every field of the body. */
    public Builder fields(Field<?>... all) {
      fields = List.of(all);
      return this;
    }

    /** Other paths, as {@code service/command}. */
    public Builder aliases(String... paths) {
      aliases = List.of(paths);
      return this;
    }

    /** Ends the declaration. */
    public Endpoint handledBy(AuditDeclaration audit, Handler handler) {
      return new Endpoint(
          service,
          command,
          family,
          meaning,
          callsPerSecond,
          rateCode,
          audit,
          fields,
          aliases,
          handler);
    }
  }
}
