package im.palisade.server.official;

import im.palisade.server.conversation.ReceiveOption;

/** Receive options by the numbers that official accounts know them by (message-formats §5.6). */
final class OfficialOptions {
  private OfficialOptions() {}

  static ReceiveOption of(int msgFlag) {
    return switch (msgFlag) {
      case 1 -> ReceiveOption.DISCARD;
      case 2 -> ReceiveOption.SILENT;
      default -> ReceiveOption.NOTIFY;
    };
  }

  static int msgFlag(ReceiveOption option) {
    return switch (option) {
      case NOTIFY -> 0;
      case DISCARD -> 1;
      case SILENT -> 2;
    };
  }
}
