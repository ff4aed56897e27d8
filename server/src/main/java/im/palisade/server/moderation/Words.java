package im.palisade.server.moderation;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/** What holds for the text of every word. */
final class Words {
  private Words() {}

  /**
   * Refuses half a surrogate pair: it has no bytes to be stored as.
   *
   * @throws ImException MODERATION_INVALID_PARAMETER
   */
  static void checkWellFormed(String text) {
    boolean lone =
        text.codePoints()
            .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    if (lone) {
      throw new ImException(ErrorCode.MODERATION_INVALID_PARAMETER, "a text is no valid Unicode");
    }
  }
}
