package im.palisade.server.groupmessage;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.group.Group;
import im.palisade.server.group.Rule;
import im.palisade.server.message.GroupNote;
import im.palisade.server.message.GroupPositionStore;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MessageService;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.message.Permission;
import im.palisade.server.message.Target;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Messages of another system, in the order in which they were sent there. */
final class GroupImports {
  private static final long U32 = 0xFFFF_FFFFL;

  private final Regions regions;
  private final MessageService messages;
  private final Clock clock;
  private final PlaceStore store = new PlaceStore();

  GroupImports(Regions regions, MessageService messages, Clock clock) {
    this.regions = regions;
    this.messages = messages;
    this.clock = clock;
  }

  /** Who imports. */
  record Importer(long operatorId, String requestId, Cause cause) {}

  /**
   * A message of another system.
   *
   * @param time UNIX seconds when it was sent there
   * @param random key against duplicates; none without one
   */
  record Imported(Account sender, long time, OptionalLong random, MessageBody body) {}

  /**
   * The span within which messages may lie, at this moment; both ends included.
   *
   * @throws ImException GROUP_NOT_PERMITTED when groups of this type keep no messages
   */
  long[] span(App app, Place place) {
    Group group = place.group();
    if (!group.type().allows(Rule.IMPORT)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    long newest = regions.of(app).read(c -> store.lastTime(c, place.id()));
    return new long[] {
      Math.max(newest, group.createTime() + 1), clock.instant().getEpochSecond() - 1
    };
  }

  /**
   * Takes one message; it follows those offered before.
   *
   * @param listed whether conversation lists are refreshed by it
   */
  void take(
      App app,
      Place place,
      Imported imported,
      boolean listed,
      Importer importer,
      MessageService.Answer answer) {
    Target.Group target =
        new Target.Group(
            place.conversation(),
            place.group().id(),
            place.wireName(),
            place.ref(),
            new StillThere(place),
            false,
            place.group().type().allows(Rule.UNREAD),
            List.of(),
            List.of(),
            Set.of());
    messages.send(
        new OutgoingMessage(
            app,
            imported.sender(),
            target,
            new Door.Import(
                importer.operatorId(),
                importer.requestId(),
                false,
                importer
                    .cause()
                    .event("message.import", AccountService.target(imported.sender()))
                    .withCount(1)),
            // Only has to differ; nothing rests on its being hard to guess.
            imported.random().orElseGet(() -> ThreadLocalRandom.current().nextInt() & U32),
            OptionalLong.empty(),
            false,
            OptionalLong.of(imported.time()),
            imported.body().noted(GroupNote.NONE),
            false,
            true,
            true,
            true,
            false,
            !listed,
            false,
            false,
            OutgoingMessage.MAX_LIFE_TIME,
            Optional.empty()),
        answer);
  }

  /** Everything there is counts as read, for every member. */
  void allRead(App app, Place place) {
    messages.inOrder(
        app,
        place.conversation(),
        (unit, head, tips) -> {
          GroupPositionStore.raiseFloor(unit.connection(), place.conversation(), head.lastSeq());
          return null;
        });
  }

  /** Imports need no rights in the group but its being there. */
  private final class StillThere implements Permission {
    private final Place place;

    private StillThere(Place place) {
      this.place = place;
    }

    @Override
    public void check(Connection connection) throws SQLException {
      if (store.standing(connection, place, 0).gone()) {
        throw new ImException(ErrorCode.GROUP_NOT_FOUND);
      }
    }

    @Override
    public void forget() {}
  }
}
