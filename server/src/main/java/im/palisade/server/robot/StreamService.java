package im.palisade.server.robot;

import im.palisade.server.account.Account;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.GrowingTexts;
import im.palisade.server.message.GrowingTexts.Begun;
import im.palisade.server.message.MsgKey;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.RestCall;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;

/**
 * Answers of robots that are sent while they are written (rest-conversations-ops J4). Every piece
 * is durable when it is answered, and what is open stands in the store: a server that was
 * restarted, or another node, goes on with a stream as if nothing had happened.
 */
public final class StreamService {
  /** A stream that has not grown for so long is closed. */
  public static final Duration IDLE = Duration.ofSeconds(60);

  private final Regions regions;
  private final GrowingTexts texts;
  private final Clock clock;
  private final RobotStore store;

  StreamService(Regions regions, GrowingTexts texts, Clock clock, RobotStore store) {
    this.regions = regions;
    this.texts = texts;
    this.clock = clock;
    this.store = store;
  }

  /**
   * Begins a stream and returns the key to go on with.
   *
   * @param finish whether this is the whole message
   * @throws ImException the refusals of {@link GrowingTexts#begin}
   */
  public MsgKey begin(RestCall call, Account robot, Account to, String chunk, boolean finish) {
    Begun begun = texts.begin(call, robot, to, chunk);
    if (!finish) {
      regions
          .of(call.app())
          .inUnitOfWork(
              unit -> {
                store.openStream(
                    unit.connection(), begun.conversationId(), begun.seq(), clock.millis());
                return null;
              });
    }
    return begun.key();
  }

  /**
   * Appends to a stream.
   *
   * @param finish whether this is the last piece
   * @throws ImException GROUP_INVALID_PARAMETER when the stream is not open or not of these two;
   *     the refusals of {@link GrowingTexts#grow}, which leave it open
   */
  public void append(
      RestCall call, Account robot, Account to, MsgKey key, String chunk, boolean finish) {
    var _ =
        texts.grow(
            call.app(),
            robot,
            to,
            key,
            chunk,
            (unit, conversationId, seq) -> check(unit, conversationId, seq, finish));
  }

  /** Closes what has been idle for too long. */
  Job closing() {
    return new Job(
        "robot-streams",
        IDLE,
        AuditDeclaration.none("an idle stream was closed already; only its mark goes"),
        this::closeIdle);
  }

  private void check(UnitOfWork unit, long conversationId, long seq, boolean finish)
      throws SQLException {
    long now = clock.millis();
    long since = now - IDLE.toMillis();
    boolean open =
        finish
            ? store.closeStream(unit.connection(), conversationId, seq, since)
            : store.keepOpen(unit.connection(), conversationId, seq, now, since);
    if (!open) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "the message is finished or was idle for too long");
    }
  }

  private void closeIdle() {
    long since = clock.millis() - IDLE.toMillis();
    for (Region region : regions.all()) {
      int closed;
      do {
        closed = region.inUnitOfWork(unit -> store.closeIdle(unit.connection(), since));
      } while (closed > 0);
    }
  }
}
