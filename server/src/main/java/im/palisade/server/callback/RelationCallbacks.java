package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.Origin;
import im.palisade.server.relation.RelationHook;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/** Webhooks of friends and blocklists (callbacks §4.3). */
final class RelationCallbacks implements RelationHook {
  private final Announcer announcer;

  RelationCallbacks(Announcer announcer) {
    this.announcer = announcer;
  }

  @Override
  public void changed(UnitOfWork unit, Change change, Cause cause) throws SQLException {
    Origin origin = cause.origin();
    added(unit, change, origin);
    pairs(unit, change, change.friendsRemoved(), CallbackCommand.FRIEND_DELETE, origin);
    pairs(unit, change, change.blocked(), CallbackCommand.BLOCK_ADD, origin);
    pairs(unit, change, change.unblocked(), CallbackCommand.BLOCK_DELETE, origin);
  }

  private void added(UnitOfWork unit, Change change, Origin origin) throws SQLException {
    CallbackCommand command = CallbackCommand.FRIEND_ADD;
    if (!change.friendsAdded().isEmpty() && Announcer.fires(change.app(), command, origin)) {
      ObjectNode body =
          body(
              command,
              change.friendsAdded(),
              pair -> pair.put("Initiator_Account", change.owner().userId()));
      body.put("ClientCmd", "friend_add")
          .put("Admin_Account", origin.administrator() ? origin.userId() : "")
          .put("ForceFlag", change.forced() ? 1 : 0);
      announcer.keep(unit, change.app(), change.owner().id(), command, origin, body);
    }
  }

  private void pairs(
      UnitOfWork unit, Change change, List<Pair> pairs, CallbackCommand command, Origin origin)
      throws SQLException {
    if (!pairs.isEmpty() && Announcer.fires(change.app(), command, origin)) {
      announcer.keep(
          unit,
          change.app(),
          change.owner().id(),
          command,
          origin,
          body(command, pairs, pair -> {}));
    }
  }

  private static ObjectNode body(
      CallbackCommand command, List<Pair> pairs, Consumer<ObjectNode> more) {
    ObjectNode body = MessageBodies.head(command);
    ArrayNode list = body.putArray("PairList");
    for (Pair pair : pairs) {
      more.accept(list.addObject().put("From_Account", pair.from()).put("To_Account", pair.to()));
    }
    return body;
  }
}
