package im.palisade.server.callback;

import im.palisade.server.audit.Cause;
import im.palisade.server.message.MessageFact;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.Target;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;

/** Webhooks of messages: those between two go one way, those of groups another. */
final class MessageCallbacks implements MessageHooks {
  private final PairCallbacks pairs;
  private final GroupMessageCallbacks groups;
  private final ContentCallbacks content;

  MessageCallbacks(PairCallbacks pairs, GroupMessageCallbacks groups, ContentCallbacks content) {
    this.pairs = pairs;
    this.groups = groups;
    this.content = content;
  }

  @Override
  public boolean asks(OutgoingMessage message) {
    return message.announced().before()
        && switch (message.target()) {
          case Target.Pair _ -> pairs.asks(message);
          case Target.Group _ -> groups.asks(message);
        };
  }

  @Override
  public Verdict before(OutgoingMessage message) {
    return switch (message.target()) {
      case Target.Pair pair -> pairs.before(message, pair);
      case Target.Group group -> groups.before(message, group);
    };
  }

  @Override
  public boolean follows(OutgoingMessage message) {
    return message.announced().after()
        && !message.onlineOnly()
        && switch (message.target()) {
          case Target.Pair pair -> pairs.follows(message, pair);
          case Target.Group _ -> groups.follows(message);
        };
  }

  @Override
  public void refused(OutgoingMessage message, ImException reason) {
    if (message.announced().after()) {
      switch (message.target()) {
        case Target.Pair pair -> pairs.refused(message, pair, reason);
        case Target.Group group -> groups.refused(message, group, reason);
      }
    }
  }

  @Override
  public void sentOnline(OutgoingMessage message, MsgKey key) {
    if (message.announced().after()) {
      switch (message.target()) {
        case Target.Pair pair -> pairs.sentOnline(message, pair, key);
        case Target.Group group -> groups.sentOnline(message, group, key);
      }
    }
  }

  @Override
  public void happened(UnitOfWork unit, MessageFact fact, Cause cause) throws SQLException {
    switch (fact) {
      case MessageFact.Recalled recalled -> pairs.recalled(unit, recalled, cause.origin());
      case MessageFact.Modified modified -> pairs.modified(unit, modified, cause.origin());
      case MessageFact.Receipted receipted -> pairs.receipted(unit, receipted, cause.origin());
      case MessageFact.Read read -> pairs.read(unit, read, cause.origin());
      case MessageFact.OfGroup ofGroup -> groups.happened(unit, ofGroup, cause.origin());
    }
  }

  @Override
  public void told(MessageFact fact, Origin origin) {
    if (fact instanceof MessageFact.OfGroup ofGroup) {
      groups.told(ofGroup, origin);
    }
  }

  @Override
  public void judged(OutgoingMessage message, Receipt receipt) {
    content.judged(message, receipt);
  }

  @Override
  public void misdirected(Misdirected attempt, ImException reason) {
    if (attempt.announced().after()) {
      groups.misdirected(attempt, reason);
    }
  }
}
