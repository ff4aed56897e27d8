package im.palisade.server.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.app.App;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.StoreException;
import im.palisade.server.testing.HookedDataSource;
import im.palisade.server.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A commit whose answer is lost may have happened: nobody goes on by what was cached before. */
class AccountOutcomeTest {
  private static final AtomicLong NEXT_APP = new AtomicLong(1_990_000_000L);

  private final HookedDataSource hooked = new HookedDataSource(TestDatabase.dataSource());
  private final AccountService accounts =
      new AccountService(
          new Regions(Map.of(Regions.HOME, new Region(Regions.HOME, hooked.dataSource()))),
          Clock.systemUTC());
  private final App app =
      new App(
          NEXT_APP.getAndIncrement(),
          "lost answers",
          App.Status.ACTIVE,
          Regions.HOME,
          AppSettings.DEFAULT,
          List.of(),
          Set.of());
  private final List<Account> ended = new ArrayList<>();

  AccountOutcomeTest() {
    accounts.onRevocation(ended::add);
    accounts.importAccount(app, AccountImport.of("mia"), cause());
    assertTrue(accounts.find(app, "mia").isPresent());
    hooked.atCommit(
        real -> {
          real.commit();
          throw new SQLException("the answer is lost", "08S01");
        });
  }

  @Test
  void aDeletedAccountIsGoneAlthoughTheAnswerWasLost() {
    assertThrows(StoreException.class, () -> accounts.delete(app, "mia", cause()));
    hooked.behave();
    assertEquals(Optional.empty(), accounts.find(app, "mia"));
    assertEquals(1, ended.size());
  }

  @Test
  void revokedSignaturesDoNotCountAlthoughTheAnswerWasLost() {
    assertThrows(StoreException.class, () -> accounts.revokeSignatures(app, "mia", cause()));
    hooked.behave();
    assertTrue(accounts.find(app, "mia").orElseThrow().sigNotBefore() > 0);
    assertEquals(1, ended.size());
  }

  @Test
  void aNickIsTheNewOneAlthoughTheAnswerWasLost() {
    AccountImport named = new AccountImport("mia", Optional.of("Mia"), Optional.empty());
    assertThrows(StoreException.class, () -> accounts.importAccount(app, named, cause()));
    hooked.behave();
    assertEquals("Mia", accounts.find(app, "mia").orElseThrow().nick());
  }

  private static Cause cause() {
    return Cause.system(Instant.now());
  }
}
