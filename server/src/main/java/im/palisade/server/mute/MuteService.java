package im.palisade.server.mute;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * Who may not send through clients, for how long. Mutes are cached, since every client send asks; a
 * change is in force for the first send after its reply.
 */
public final class MuteService {
  private static final int CACHED_MUTES = 200_000;

  private final Regions regions;
  private final Clock clock;
  private final MuteStore store = new MuteStore();
  private final Cache<Long, Mute> cache = Caffeine.newBuilder().maximumSize(CACHED_MUTES).build();

  public MuteService(Regions regions, AccountService accounts, Clock clock) {
    this.regions = regions;
    this.clock = clock;
    accounts.onDeletion((unit, account) -> store.delete(unit.connection(), account.id()));
  }

  /** The account's mutes. */
  public Mute of(App app, Account account) {
    return cache.get(
        account.id(), id -> regions.of(app).read(connection -> store.find(connection, id)));
  }

  /**
   * Lets a one-to-one send of a client through.
   *
   * @throws ImException SENDER_MUTED
   */
  public void checkC2c(App app, Account sender) {
    if (of(app, sender).c2cLeft(clock.instant().getEpochSecond()) > 0) {
      throw new ImException(ErrorCode.SENDER_MUTED);
    }
  }

  /**
   * Mutes from now on, or lifts a mute.
   *
   * @param c2cSeconds 0 lifts, {@link Mute#FOR_EVER_SECONDS} has no end; absent leaves it
   * @param groupSeconds the same for group messages
   */
  public void set(
      App app,
      Account account,
      Optional<Long> c2cSeconds,
      Optional<Long> groupSeconds,
      Cause cause) {
    long now = clock.instant().getEpochSecond();
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              store.save(
                  unit.connection(),
                  account.id(),
                  c2cSeconds.map(seconds -> Mute.until(seconds, now)),
                  groupSeconds.map(seconds -> Mute.until(seconds, now)));
              unit.record(
                  cause
                      .event("user.mute", AccountService.target(account))
                      .withChange(
                          Map.of(
                              "c2cSeconds", c2cSeconds.map(Object::toString).orElse("unchanged"),
                              "groupSeconds",
                                  groupSeconds.map(Object::toString).orElse("unchanged"))));
              return null;
            });
    cache.invalidate(account.id());
  }
}
