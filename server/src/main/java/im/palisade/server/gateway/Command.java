package im.palisade.server.gateway;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import java.util.List;

/**
 * A client command, declared: everything the gateway, the reference and the tests must know.
 *
 * @param name on the wire
 * @param meaning one sentence for the reference
 * @param params every field of the data it reads
 * @param reply the fields of a successful reply
 * @param wrong the code of a field that is wrong and has none of its own
 * @param codes what it decides on itself
 * @param audit the events it records, or why none
 * @param lane what of it must be done in turn
 * @param forGuests whether guests may use it, who have no account
 * @param handler who serves it
 */
public record Command(
    String name,
    String meaning,
    List<Param<?>> params,
    List<ReplyField> reply,
    Wrong wrong,
    List<ErrorCode> codes,
    AuditDeclaration audit,
    LaneKey lane,
    boolean forGuests,
    CommandHandler handler) {

  public Command {
    params = List.copyOf(params);
    reply = List.copyOf(reply);
    codes = List.copyOf(codes);
  }

  /**
   * Begins a declaration.
   *
   * @param wrong the code of a field that is wrong and has none of its own
   */
  public static Builder of(String name, ErrorCode wrong) {
    return new Builder(name, Wrong.of(wrong));
  }

  /** The same for a command of all conversations, with another code in groups. */
  public static Builder of(String name, ErrorCode wrong, ErrorCode inGroups) {
    return new Builder(name, new Wrong(wrong, inGroups));
  }

  /** A declaration under way; ends with {@link #handledBy}. */
  public static final class Builder {
    private final String name;
    private final Wrong wrong;
    private String meaning = "";
    private List<Param<?>> params = List.of();
    private List<ReplyField> reply = List.of();
    private List<ErrorCode> codes = List.of();
    private LaneKey lane = LaneKey.NONE;
    private boolean forGuests;

    private Builder(String name, Wrong wrong) {
      this.name = name;
      this.wrong = wrong;
    }

    /** One sentence for the reference. */
    public Builder meaning(String sentence) {
      meaning = sentence;
      return this;
    }

    /** Every field of the data. */
    public Builder params(Param<?>... all) {
      params = List.of(all);
      return this;
    }

    /** Every field of a successful reply. */
    public Builder reply(ReplyField... all) {
      reply = List.of(all);
      return this;
    }

    /** The codes it decides on itself. */
    public Builder codes(ErrorCode... all) {
      codes = List.of(all);
      return this;
    }

    /** Calls with the same text in that field are carried out in turn. */
    public Builder inTurnBy(Param<String> field) {
      lane = LaneKey.field(field.name());
      return this;
    }

    /** Calls with the same key are carried out in turn. */
    public Builder inTurnBy(LaneKey key) {
      lane = key;
      return this;
    }

    /** Guests may use it too: it asks for no account. */
    public Builder forGuests() {
      forGuests = true;
      return this;
    }

    /** Ends the declaration. */
    public Command handledBy(AuditDeclaration audit, CommandHandler handler) {
      return new Command(
          name, meaning, params, reply, wrong, codes, audit, lane, forGuests, handler);
    }
  }
}
