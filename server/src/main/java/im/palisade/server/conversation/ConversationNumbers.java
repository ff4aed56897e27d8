package im.palisade.server.conversation;

/**
 * The numbers of a conversation as one account sees it.
 *
 * @param lastSeq of the newest message
 * @param changeSeq of the newest change to a message
 * @param shownSeq of the message shown as the last one
 * @param clearSeq up to which nothing can be loaded any more
 * @param readSeq up to which the account has read
 * @param peerReadSeq up to which the peer has read; 0 in groups
 */
public record ConversationNumbers(
    long lastSeq, long changeSeq, long shownSeq, long clearSeq, long readSeq, long peerReadSeq) {

  /** Of a conversation that keeps none. */
  static final ConversationNumbers NONE = new ConversationNumbers(0, 0, 0, 0, 0, 0);
}
