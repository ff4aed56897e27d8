package im.palisade.server.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.app.App;
import im.palisade.server.app.AppSettings;
import im.palisade.server.message.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a change of a list counts, however long it takes to make a filter of it. */
class AppFiltersTest {
  private static final Duration SLOW = Duration.ofMillis(500);

  private final SettableClock clock = new SettableClock(Instant.EPOCH);
  private final App app =
      new App(1, "a", App.Status.ACTIVE, "", AppSettings.parse("{}"), List.of(), Set.of());
  private int words = 1;
  private long version = 1;
  private final AppFilters<Made> filters =
      new AppFilters<>(
          _ -> version,
          _ -> {
            clock.advance(SLOW);
            return new Made(words);
          },
          clock);

  private record Made(int words) implements AppFilters.Filter {}

  private void grow() {
    words++;
    version++;
    filters.changed(app);
  }

  @Test
  void aShortListCountsFromTheNextTextOnThoughTheMachineIsSlow() {
    assertEquals(1, filters.of(app).words());
    grow();
    assertEquals(2, filters.of(app).words());
    grow();
    assertEquals(3, filters.of(app).words());
  }

  @Test
  void aLongListThatGrowsCallByCallIsNotMadeAnewForEach() {
    words = AppFilters.MANY_WORDS + 1;
    assertEquals(1_001, filters.of(app).words());
    grow();
    assertEquals(1_001, filters.of(app).words());
    clock.advance(SLOW.multipliedBy(9));
    assertEquals(1_001, filters.of(app).words());
    clock.advance(SLOW);
    assertEquals(1_002, filters.of(app).words());
  }
}
