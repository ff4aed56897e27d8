package im.palisade.server.liveroom;

import im.palisade.server.gateway.CommandCall;
import im.palisade.server.group.Group;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/** Serves the commands of those who enter and leave groups that keep their members. */
public interface StoredGroups {
  /** Answers {@code group.join}. */
  void join(CommandCall call, Group group);

  /** Answers {@code group.quit}. */
  void quit(CommandCall call, Group group);

  /** Where clients neither enter nor leave such groups by themselves. */
  StoredGroups CLOSED =
      new StoredGroups() {
        @Override
        public void join(CommandCall call, Group group) {
          throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
        }

        @Override
        public void quit(CommandCall call, Group group) {
          throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
        }
      };
}
