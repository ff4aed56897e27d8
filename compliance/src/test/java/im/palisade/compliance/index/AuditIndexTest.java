package im.palisade.compliance.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.merkle.MerkleHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditIndexTest {
  private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");
  private static final List<String> TYPES =
      List.of("user.import", "user.delete", "auth.user.login", "auth.admin.login", "audit.query");

  @TempDir private Path folder;

  /** An entry as a test describes it. */
  private record Sample(
      EntryPosition at,
      Instant time,
      String type,
      String actor,
      String kind,
      String target,
      String outcome) {
    byte[] entry() {
      return ("{\"actor\":{\"kind\":\"admin\",\"ref\":\"%s\"},\"app\":\"1400000001\","
              + "\"context\":{\"request\":\"req_%d\"},\"id\":\"x\",\"node\":{\"id\":\"n\",\"n\":1},"
              + "\"outcome\":{\"result\":\"%s\"},\"region\":\"eu\",\"severity\":\"low\","
              + "\"source\":{\"channel\":\"rest\",\"net\":\"local\"},"
              + "\"target\":[{\"id\":\"g0\",\"kind\":\"group\"},{\"kind\":\"%s\",\"ref\":\"%s\"}],"
              + "\"time\":\"%s\",\"type\":\"%s\",\"v\":1}")
          .formatted(actor, at.index(), outcome, kind, target, time, type)
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  private static List<Sample> samples(Random random, int epoch, int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(
            i ->
                new Sample(
                    new EntryPosition(epoch, i),
                    // Some events come later than they happened.
                    BEGIN.plusSeconds(i - random.nextInt(30)),
                    TYPES.get(random.nextInt(TYPES.size())),
                    "act_" + random.nextInt(5),
                    random.nextBoolean() ? "user" : "app",
                    "t" + random.nextInt(8),
                    random.nextInt(10) == 0 ? "denied" : "success"))
        .toList();
  }

  private static void add(AuditIndex index, List<Sample> samples) throws IOException {
    index.add(samples.getFirst().at(), samples.stream().map(Sample::entry).toList());
  }

  private static AuditQuery query(
      List<String> types,
      List<String> outcomes,
      Optional<String> actor,
      Optional<String> kind,
      Optional<String> target,
      Optional<Instant> from,
      Optional<Instant> until) {
    AuditQuery all = AuditQuery.ALL;
    return new AuditQuery(
        types,
        outcomes,
        List.of(),
        all.app(),
        actor,
        kind,
        target,
        all.subject(),
        all.channel(),
        all.request(),
        all.caseId(),
        from,
        until);
  }

  private static Predicate<Sample> fits(AuditQuery query) {
    return sample ->
        (query.types().isEmpty()
                || query.types().stream()
                    .anyMatch(
                        type ->
                            type.endsWith(".")
                                ? sample.type().startsWith(type)
                                : sample.type().equals(type)))
            && (query.outcomes().isEmpty() || query.outcomes().contains(sample.outcome()))
            && query.actor().map(sample.actor()::equals).orElse(true)
            && isTarget(query, sample)
            && query.from().map(from -> !sample.time().isBefore(from)).orElse(true)
            && query.until().map(sample.time()::isBefore).orElse(true);
  }

  private static boolean isTarget(AuditQuery query, Sample sample) {
    return Stream.of(List.of("group", "g0"), List.of(sample.kind(), sample.target()))
        .anyMatch(
            target ->
                query.targetKind().map(target.getFirst()::equals).orElse(true)
                    && query.target().map(target.getLast()::equals).orElse(true));
  }

  private static AuditQuery random(Random random) {
    return query(
        random.nextInt(3) == 0
            ? List.of(
                random.nextBoolean() ? "auth." : "user.delete",
                TYPES.get(random.nextInt(TYPES.size())))
            : List.of(),
        random.nextInt(4) == 0 ? List.of("denied") : List.of(),
        random.nextInt(3) == 0 ? Optional.of("act_" + random.nextInt(6)) : Optional.empty(),
        random.nextInt(4) == 0 ? Optional.of("user") : Optional.empty(),
        random.nextInt(4) == 0 ? Optional.of("t" + random.nextInt(9)) : Optional.empty(),
        random.nextInt(4) == 0
            ? Optional.of(BEGIN.plusSeconds(random.nextInt(3000)))
            : Optional.empty(),
        random.nextInt(4) == 0
            ? Optional.of(BEGIN.plusSeconds(random.nextInt(3000)))
            : Optional.empty());
  }

  /** All pages, each with a cursor that went through text. */
  private static List<EntryPosition> pages(
      AuditIndex index, AuditQuery query, boolean newestFirst, int limit, Runnable between)
      throws IOException {
    List<EntryPosition> found = new ArrayList<>();
    Optional<SearchCursor> cursor = Optional.empty();
    do {
      SearchPage page = index.search(query, newestFirst, cursor, limit);
      assertTrue(page.found().size() <= limit);
      found.addAll(page.found());
      cursor = page.next().map(next -> SearchCursor.parse(next.toString(), query, newestFirst));
      between.run();
    } while (cursor.isPresent());
    return found;
  }

  @Test
  void findsWhatALookAtEveryEntryFindsInBothDirections() throws IOException {
    Random random = new Random(7);
    List<Sample> all = new ArrayList<>();
    all.addAll(samples(random, 1, 0, 2500));
    all.addAll(samples(random, 2, 0, 700));
    try (AuditIndex index = AuditIndex.open(folder)) {
      for (int from = 0; from < all.size(); from += 100) {
        add(index, all.subList(from, from + 100));
        if (random.nextInt(3) == 0) {
          index.commit();
        }
      }
      for (int i = 0; i < 150; i++) {
        AuditQuery query = random(random);
        List<EntryPosition> expected = all.stream().filter(fits(query)).map(Sample::at).toList();
        int limit = 1 + random.nextInt(expected.size() / 3 + 3);
        assertEquals(expected, pages(index, query, false, limit, () -> {}), query.toString());
        assertEquals(
            expected.reversed(), pages(index, query, true, limit, () -> {}), query.toString());
        SearchPage page = index.search(query, true, Optional.empty(), 1);
        assertEquals(expected.size(), page.total());
        assertTrue(page.exact());
      }
    }
  }

  @Test
  void newEntriesMoveNoPage() throws IOException {
    Random random = new Random(3);
    List<Sample> old = samples(random, 1, 0, 1000);
    try (AuditIndex index = AuditIndex.open(folder)) {
      add(index, old);
      int[] next = {1000};
      Runnable more =
          () -> {
            try {
              add(index, samples(random, 1, next[0], 50));
              next[0] += 50;
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          };
      assertEquals(
          old.stream().map(Sample::at).toList().reversed(),
          pages(index, AuditQuery.ALL, true, 90, more));
    }
  }

  @Test
  void aCursorBelongsToItsSearch() throws IOException {
    try (AuditIndex index = AuditIndex.open(folder)) {
      add(index, samples(new Random(1), 1, 0, 10));
      String cursor =
          index.search(AuditQuery.ALL, true, Optional.empty(), 3).next().orElseThrow().toString();
      AuditQuery other =
          query(
              List.of("user."),
              List.of(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      assertThrows(IllegalArgumentException.class, () -> SearchCursor.parse(cursor, other, true));
      assertThrows(
          IllegalArgumentException.class, () -> SearchCursor.parse(cursor, AuditQuery.ALL, false));
      for (String bad : List.of("", "AA", "x y", cursor + "AA", "A".repeat(24), "é", "\u0000")) {
        assertThrows(
            IllegalArgumentException.class, () -> SearchCursor.parse(bad, AuditQuery.ALL, true));
      }
    }
  }

  @Test
  void goesOnFromItsLastCommitAfterACrash() throws IOException {
    List<Sample> all = samples(new Random(5), 1, 0, 300);
    AuditIndex index = AuditIndex.open(folder);
    add(index, all.subList(0, 200));
    index.commit();
    add(index, all.subList(200, 300));
    index.abandon();
    try (AuditIndex again = AuditIndex.open(folder)) {
      assertEquals(new EntryPosition(1, 200), again.next());
      assertTrue(
          java.util.Arrays.equals(
              MerkleHash.leaf(all.get(199).entry()), again.lastLeaf().orElseThrow()));
      add(again, all.subList(200, 300));
      assertEquals(300, again.search(AuditQuery.ALL, true, Optional.empty(), 1).total());
      assertThrows(IllegalArgumentException.class, () -> add(again, all.subList(0, 1)));
    }
  }

  @Test
  void forgetsWhatWasPruned() throws IOException {
    try (AuditIndex index = AuditIndex.open(folder)) {
      add(index, samples(new Random(5), 1, 0, 600));
      index.remove(new EntryPosition(1, 0), new EntryPosition(1, 256));
      SearchPage page = index.search(AuditQuery.ALL, false, Optional.empty(), 1);
      assertEquals(List.of(new EntryPosition(1, 256)), page.found());
      assertEquals(344, page.total());
    }
  }

  @Test
  void aDamagedIndexBeginsAnew() throws IOException {
    try (AuditIndex index = AuditIndex.open(folder)) {
      add(index, samples(new Random(5), 1, 0, 60));
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
    try (AuditIndex index = AuditIndex.open(folder)) {
      assertEquals(EntryPosition.START, index.next());
      assertEquals(0, index.search(AuditQuery.ALL, true, Optional.empty(), 5).total());
    }
  }
}
