package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.protocol.ImException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What this package must know of and tell live rooms (group-semantics §10), which a feature above
 * it keeps: who is there now. Every group passed is a live room.
 */
public interface LiveRooms {

  /**
   * A session enters a room; one that is there already stays.
   *
   * @throws ImException GROUP_NOT_PERMITTED when its account is banned
   */
  void enter(App app, Group room, Account account, Session session);

  /** A guest's session enters a room: it is counted, and nobody is told. */
  void watch(App app, Group room, Session guest);

  /** A session leaves a room; one that is not there is no error. */
  void leave(App app, Group room, Session session);

  /** Somebody who is there, since when in UNIX seconds. */
  record Attendee(Account account, long joinTime) {}

  /** Some of those who are there; {@code next} is where the list goes on, empty at the end. */
  record Attendees(List<Attendee> list, String next) {}

  /**
   * Who is there, the latest first.
   *
   * @param cursor of the page before; one that is empty, too old or of another list starts again
   * @param mark only those who carry it
   */
  Attendees attendees(App app, Group room, String cursor, int limit, Optional<Integer> mark);

  /**
   * Those of the users who are there, in the order given.
   *
   * @throws ImException GROUP_NOT_PERMITTED when the app has no online list
   */
  List<Attendee> attendees(App app, Group room, Collection<String> userIds);

  /** How many accounts are there now. */
  int online(App app, Group room);

  /** Whether that account is there now. */
  boolean isPresent(App app, Group room, long accountId);

  /** The rooms in which that account is now, by internal id. */
  List<Long> roomsOf(App app, long accountId);

  /** Whether that account was made an admin of the room by the app. */
  boolean isAdmin(App app, Group room, long accountId);

  /** The number that the room's next message takes. */
  long nextSeq(App app, Group room);

  /**
   * Puts accounts out of the room for a while, as its owner or an admin of it.
   *
   * @param seconds {@link GroupMutes#FOR_EVER_SECONDS} for ever
   * @param reason shown to those put out
   * @throws ImException GROUP_NOT_PERMITTED for others, for those they have no power over, and when
   *     bans are switched off
   */
  void ban(App app, Group room, Actor by, Collection<String> userIds, long seconds, String reason);

  /** Says something to everybody in the room; never blocks. */
  void say(App app, Group room, EncodedFrame frame);

  /** The room is dissolved: everybody is out of it, after what was said before. */
  void dissolved(App app, Group room);
}
