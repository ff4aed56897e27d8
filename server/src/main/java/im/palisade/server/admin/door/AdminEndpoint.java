package im.palisade.server.admin.door;

import im.palisade.server.admin.identity.Permission;
import im.palisade.server.audit.AuditDeclaration;

/**
 * One call of the console, declared. Reads are GET, acts are POST. Ids of users and groups never
 * stand in the path, since browsers fold {@code ..} in it.
 *
 * @param path below {@code /console/api}, with {@code {app}} and {@code {id}} for numbers
 * @param tag the page it belongs to
 * @param meaning one sentence for the reference
 * @param confirmed whether password and code must have been given within the last minutes
 * @param passive a page asks by itself, which must not keep an idle session alive
 * @param audit the events it records, or why none
 * @param in a record; of a GET it stands in the query, of a POST in the body
 * @param out a record, or {@link Nothing}
 */
public record AdminEndpoint<I extends Record, O extends Record>(
    Method method,
    String path,
    String tag,
    String meaning,
    Access access,
    boolean confirmed,
    boolean passive,
    AuditDeclaration audit,
    Class<I> in,
    Class<O> out,
    Handler<I, O> handler) {

  /** How it is called. */
  public enum Method {
    GET,
    POST
  }

  /** Serves a call, on a virtual thread of its own; it may block. */
  @FunctionalInterface
  public interface Handler<I, O> {
    /**
     * Carries it out.
     *
     * @throws AdminException to refuse
     */
    O handle(AdminCall call, I in);
  }

  /** Its name in the reference and in generated clients. */
  public String operationId() {
    StringBuilder id = new StringBuilder(method == Method.GET ? "get" : "do");
    for (String part : path.split("[/-]", -1)) {
      if (!part.isEmpty() && part.charAt(0) != '{') {
        id.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
      } else if (part.equals("{id}")) {
        id.append("One");
      }
    }
    return path.endsWith("{app}") ? id.append("One").toString() : id.toString();
  }

  /** Whether the path names an app. */
  public boolean isOfApp() {
    return path.startsWith("/apps/{app}");
  }

  /** Begins the declaration of a read. */
  public static Builder get(String path, String tag, String meaning) {
    return new Builder(Method.GET, path, tag, meaning);
  }

  /** Begins the declaration of an act. */
  public static Builder post(String path, String tag, String meaning) {
    return new Builder(Method.POST, path, tag, meaning);
  }

  /** A declaration under way. */
  public static final class Builder {
    private final Method method;
    private final String path;
    private final String tag;
    private final String meaning;
    private Access access;
    private boolean confirmed;
    private boolean passive;
    private AuditDeclaration audit;

    private Builder(Method method, String path, String tag, String meaning) {
      this.method = method;
      this.path = path;
      this.tag = tag;
      this.meaning = meaning;
    }

    /** Who may. */
    public Builder allows(Access who) {
      access = who;
      return this;
    }

    /** Whoever has the permission may. */
    public Builder needs(Permission permission) {
      return allows(new Access.Needs(permission));
    }

    /** Password and code must have been given within the last minutes. */
    public Builder confirmed() {
      confirmed = true;
      return this;
    }

    /** A page asks by itself. */
    public Builder passive() {
      passive = true;
      return this;
    }

    /** The events it records. */
    public Builder records(String... types) {
      audit = AuditDeclaration.records(types);
      return this;
    }

    /** Why it records none. */
    public Builder recordsNone(String because) {
      audit = AuditDeclaration.none(because);
      return this;
    }

    /** Ends the declaration. */
    public <I extends Record, O extends Record> AdminEndpoint<I, O> handledBy(
        Class<I> in, Class<O> out, Handler<I, O> handler) {
      if (access == null || audit == null) {
        throw new IllegalStateException(path + " does not say who may, or what it records");
      }
      return new AdminEndpoint<>(
          method, path, tag, meaning, access, confirmed, passive, audit, in, out, handler);
    }
  }
}
