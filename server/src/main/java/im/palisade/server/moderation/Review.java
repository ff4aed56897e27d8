package im.palisade.server.moderation;

import java.time.Instant;
import java.util.Optional;

/**
 * A message that moderation let through for somebody to look at. It names the message and not what
 * it says: whoever looks reads it apart, on record.
 *
 * @param conversationId internal id
 * @param seq in the conversation
 * @param senderId internal account id
 * @param roomKey key of a message of a live room, which is stored nowhere but with the entry
 */
public record Review(
    long id,
    long appId,
    long conversationId,
    long seq,
    long senderId,
    Optional<String> roomKey,
    Instant createdAt,
    State state,
    Optional<Instant> decidedAt) {

  /** What has become of it. */
  public enum State {
    OPEN(0),
    /** Somebody found nothing wrong. */
    ACCEPTED(1),
    /** Somebody found it wrong; taking the message back is another act. */
    REJECTED(2);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /** How it is stored. */
    int code() {
      return code;
    }

    static State ofCode(int code) {
      return switch (code) {
        case 1 -> ACCEPTED;
        case 2 -> REJECTED;
        default -> OPEN;
      };
    }
  }
}
