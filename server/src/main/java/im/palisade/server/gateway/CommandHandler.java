package im.palisade.server.gateway;

import im.palisade.server.protocol.ImException;

/** Serves one command. */
@FunctionalInterface
public interface CommandHandler {

  /**
   * Answers the call, here or later from another thread; exactly one answer is due. Runs on a
   * virtual thread and may block. The next call of the same lane begins when this returns.
   *
   * @throws ImException to refuse the call
   */
  void handle(CommandCall call);
}
