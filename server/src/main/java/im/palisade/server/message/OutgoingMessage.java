package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A message on its way in, from whatever door.
 *
 * @param random the sender's idempotency key, unsigned 32 bits
 * @param msgSeq the number to use; drawn or taken from the sequence when empty
 * @param msgSeqGiven whether the sender chose that number
 * @param target whom it is for
 * @param time UNIX seconds when the door must know it before the commit (batches), else empty
 * @param senderCopy whether the sender's history gets it
 * @param recipientCopy whether the recipients' histories and live connections get it
 * @param senderDevices whether the sender's live connections get it, but for the sending one
 * @param lifeTime seconds it may wait for an offline recipient
 * @param offlinePush compact JSON of push settings
 */
public record OutgoingMessage(
    App app,
    Account sender,
    Target target,
    Door door,
    long random,
    OptionalLong msgSeq,
    boolean msgSeqGiven,
    OptionalLong time,
    MessageBody body,
    boolean onlineOnly,
    boolean senderCopy,
    boolean recipientCopy,
    boolean senderDevices,
    boolean noUnread,
    boolean noLastMessage,
    boolean needsReceipt,
    boolean extensible,
    int lifeTime,
    Optional<String> offlinePush) {

  /** Longest offline retention in seconds, and the default. */
  public static final int MAX_LIFE_TIME = 604_800;

  /** The way a message comes in; it decides what counts as a duplicate. */
  public sealed interface Door {
    /**
     * A client session: duplicates are the same random within five minutes.
     *
     * @param sessionId of the sending connection, which does not get its own message back
     */
    record Client(String sessionId, Announced announced) implements Door {
      /** One that fires no webhooks. */
      public Client(String sessionId) {
        this(sessionId, Announced.NONE);
      }
    }

    /**
     * REST: duplicates are the same random within the same second.
     *
     * @param operatorId account of the calling administrator
     * @param requestId correlation id
     * @param heedsOption whether the recipient's receive option applies, which it does not of
     *     itself
     */
    record Rest(long operatorId, String requestId, Announced announced, boolean heedsOption)
        implements Door {
      /** One whose message arrives whatever the recipient has set. */
      public Rest(long operatorId, String requestId, Announced announced) {
        this(operatorId, requestId, announced, false);
      }

      /** One that fires no webhooks either. */
      public Rest(long operatorId, String requestId) {
        this(operatorId, requestId, Announced.NONE);
      }
    }

    /**
     * An import: duplicates are the same MsgSeq, random and time between the two, for ever and
     * whoever sent them.
     *
     * @param live whether it is delivered; history that was read long ago is not
     * @param event becomes durable with the message
     */
    record Import(long operatorId, String requestId, boolean live, AuditEvent event)
        implements Door {}
  }

  /** The same with the numbers of its key. */
  OutgoingMessage withKey(long seq, long seconds) {
    return new OutgoingMessage(
        app,
        sender,
        target,
        door,
        random,
        OptionalLong.of(seq),
        msgSeqGiven,
        OptionalLong.of(seconds),
        body,
        onlineOnly,
        senderCopy,
        recipientCopy,
        senderDevices,
        noUnread,
        noLastMessage,
        needsReceipt,
        extensible,
        lifeTime,
        offlinePush);
  }

  /** The same with another body. */
  public OutgoingMessage withBody(MessageBody other) {
    return new OutgoingMessage(
        app,
        sender,
        target,
        door,
        random,
        msgSeq,
        msgSeqGiven,
        time,
        other,
        onlineOnly,
        senderCopy,
        recipientCopy,
        senderDevices,
        noUnread,
        noLastMessage,
        needsReceipt,
        extensible,
        lifeTime,
        offlinePush);
  }

  /** The same, of which a recipient learns nothing. */
  OutgoingMessage forSenderOnly() {
    return new OutgoingMessage(
        app,
        sender,
        target,
        door,
        random,
        msgSeq,
        msgSeqGiven,
        time,
        body,
        onlineOnly,
        senderCopy,
        false,
        senderDevices,
        noUnread,
        noLastMessage,
        needsReceipt,
        extensible,
        lifeTime,
        offlinePush);
  }

  /** Whether the recipient's receive option applies; nobody discards what he writes to himself. */
  boolean heedsOption() {
    return !isToOneself()
        && switch (door) {
          case Door.Client _ -> true;
          case Door.Rest rest -> rest.heedsOption();
          case Door.Import _ -> false;
        };
  }

  /** Whether it comes from the account it is for. */
  boolean isToOneself() {
    return target instanceof Target.Pair pair && pair.recipient().id() == sender.id();
  }

  /** Which webhooks it may fire. */
  public Announced announced() {
    return switch (door) {
      case Door.Client client -> client.announced();
      case Door.Rest rest -> rest.announced();
      case Door.Import _ -> Announced.NONE;
    };
  }

  /** Id of the sending session; empty when none sent it. */
  String fromSession() {
    return switch (door) {
      case Door.Client client -> client.sessionId();
      case Door.Rest _, Door.Import _ -> "";
    };
  }

  /** Whether an app's back end sent it. */
  public boolean fromBackEnd() {
    return !(door instanceof Door.Client);
  }

  /** Whether it goes to live connections. */
  boolean isLive() {
    return !(door instanceof Door.Import imported) || imported.live();
  }

  /** Whether it comes from another system. */
  boolean isImport() {
    return door instanceof Door.Import;
  }
}
