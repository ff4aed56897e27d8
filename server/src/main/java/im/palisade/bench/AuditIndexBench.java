package im.palisade.bench;

import im.palisade.compliance.index.AuditIndex;
import im.palisade.compliance.index.AuditQuery;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.index.SearchCursor;
import im.palisade.compliance.index.SearchPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code palisade audit bench-index}: how fast the query index takes synthetic events, and how long
 * a page of a search takes then. Reading the found entries from the log is not part of it.
 */
@Command(
    name = "bench-index",
    mixinStandardHelpOptions = true,
    hidden = true,
    description =
        "Measure the query index with synthetic events in a folder that is not there yet.")
public final class AuditIndexBench implements Callable<Integer> {
  private static final int BATCH = 2048;
  private static final int COMMIT_EVERY = 200_000;
  private static final int RUNS = 40;
  private static final int PAGE = 50;
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> TYPES =
      List.of(
          "auth.user.login",
          "auth.user.login",
          "auth.user.login",
          "auth.user.logout",
          "rest.call",
          "user.import",
          "group.member.add",
          "config.change",
          "content.read",
          "admin.role.grant");

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "where to")
  private Path folder = Path.of("");

  @Option(names = "--events", defaultValue = "10000000", description = "${DEFAULT-VALUE}")
  private int events;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (Files.exists(folder)) {
      spec.commandLine().getErr().println(folder + " is there already");
      return 2;
    }
    try (AuditIndex index = AuditIndex.open(folder)) {
      fill(index, out);
      Random random = new Random(1);
      long half = new EntryPosition(1, events / 2).number();
      AuditQuery all = AuditQuery.ALL;
      measure(out, index, "newest page", true, run -> all);
      measure(out, index, "oldest page", false, run -> all);
      measure(out, index, "one person", true, run -> subject(random.nextInt(1_000_000)));
      measure(out, index, "rare type", true, run -> types("admin.role.grant"));
      measure(out, index, "all of auth., denied", true, run -> denied("auth."));
      measure(out, index, "common actor and type", true, run -> actor("adm_1", "auth."));
      measure(out, index, "two common terms, no match", true, run -> actor("adm_1", "content."));
      measure(out, index, "the same, oldest first", false, run -> actor("adm_1", "content."));
      measure(out, index, "one hour in the middle", true, run -> hour(random, "auth.user.login"));
      measure(out, index, "unknown", true, run -> subject(-1));
      long[] nanos = new long[RUNS];
      String cursor = cursor(index, half);
      for (int run = 0; run < RUNS; run++) {
        long begin = System.nanoTime();
        index.search(all, true, Optional.of(SearchCursor.parse(cursor, all, true)), PAGE);
        nanos[run] = System.nanoTime() - begin;
      }
      print(out, "a page in the middle", nanos, 0);
    }
    return 0;
  }

  private void fill(AuditIndex index, PrintWriter out) throws IOException {
    Random random = new Random(0);
    long spent = 0;
    long begin = System.nanoTime();
    for (int from = 0; from < events; from += BATCH) {
      List<byte[]> batch = new ArrayList<>(BATCH);
      for (int i = from; i < Math.min(events, from + BATCH); i++) {
        batch.add(entry(i, random));
      }
      long start = System.nanoTime();
      index.add(new EntryPosition(1, from), batch);
      if (from % COMMIT_EVERY < BATCH) {
        index.commit();
      }
      spent += System.nanoTime() - start;
    }
    index.commit();
    double seconds = spent / 1e9;
    out.printf(
        "%d events indexed at %.0f events/s (%.1f s of %.1f s with making them)%n",
        events, events / seconds, seconds, (System.nanoTime() - begin) / 1e9);
    try (var files = Files.list(folder)) {
      long bytes = files.mapToLong(file -> file.toFile().length()).sum();
      out.printf("%.1f bytes on disk per event%n", (double) bytes / events);
    }
    out.flush();
  }

  /** Half of all events are done by one administrator, never a read of content. */
  private static byte[] entry(int i, Random random) {
    String type = TYPES.get(random.nextInt(TYPES.size()));
    boolean isCommon = !type.startsWith("content.") && random.nextInt(10) < 6;
    String actor = isCommon ? "adm_1" : "usr_" + random.nextInt(1_000_000);
    return ("{\"actor\":{\"kind\":\"admin\",\"ref\":\""
            + actor
            + "\"},\"app\":\"140000000"
            + random.nextInt(5)
            + "\",\"context\":{\"request\":\"req_"
            + Integer.toHexString(i)
            + "_"
            + Integer.toHexString(random.nextInt())
            + "\"},\"id\":\"01KAYQ7Z5M8X3T6V9N2R4C7E1D\",\"node\":{\"id\":\"node-1\",\"n\":"
            + (i + 1)
            + "},\"outcome\":{\"result\":\""
            + (random.nextInt(50) == 0 ? "denied" : "success")
            + "\"},\"region\":\"default\",\"severity\":\"info\","
            + "\"source\":{\"channel\":\"rest\",\"net\":\"203.0.113.0/24\"},"
            + "\"target\":[{\"kind\":\"user\",\"ref\":\"usr_"
            + random.nextInt(1_000_000)
            + "\"}],\"time\":\""
            + BEGIN.plusMillis(i * 200L)
            + "\",\"type\":\""
            + type
            + "\",\"v\":1}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void measure(
      PrintWriter out,
      AuditIndex index,
      String name,
      boolean newestFirst,
      Function<Integer, AuditQuery> queries)
      throws IOException {
    long[] nanos = new long[RUNS];
    long total = 0;
    for (int run = 0; run < RUNS; run++) {
      AuditQuery query = queries.apply(run);
      long begin = System.nanoTime();
      SearchPage page = index.search(query, newestFirst, Optional.empty(), PAGE);
      nanos[run] = System.nanoTime() - begin;
      total = page.total();
    }
    print(out, name, nanos, total);
  }

  private static void print(PrintWriter out, String name, long[] nanos, long total) {
    long first = nanos[0];
    Arrays.sort(nanos);
    out.printf(
        "%-28s first %6.1f ms, p50 %6.1f ms, most %6.1f ms, found %d%n",
        name, first / 1e6, nanos[RUNS / 2] / 1e6, nanos[RUNS - 1] / 1e6, total);
    out.flush();
  }

  private static String cursor(AuditIndex index, long position) throws IOException {
    String near =
        index.search(AuditQuery.ALL, true, Optional.empty(), 1).next().orElseThrow().toString();
    SearchCursor first = SearchCursor.parse(near, AuditQuery.ALL, true);
    return new SearchCursor(first.query(), true, EntryPosition.of(position)).toString();
  }

  private static AuditQuery query(
      List<String> types,
      List<String> outcomes,
      Optional<String> actor,
      Optional<String> subject,
      Optional<Instant> from,
      Optional<Instant> until) {
    Optional<String> none = Optional.empty();
    return new AuditQuery(
        types, outcomes, List.of(), none, actor, none, none, subject, none, none, none, from,
        until);
  }

  private static AuditQuery types(String type) {
    return query(
        List.of(type),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static AuditQuery denied(String type) {
    return query(
        List.of(type),
        List.of("denied"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static AuditQuery actor(String actor, String type) {
    return query(
        List.of(type),
        List.of(),
        Optional.of(actor),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static AuditQuery subject(int number) {
    return query(
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.of("usr_" + number),
        Optional.empty(),
        Optional.empty());
  }

  private AuditQuery hour(Random random, String type) {
    Instant from = BEGIN.plusMillis(200L * random.nextInt(Math.max(1, events)));
    return query(
        List.of(type),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(from),
        Optional.of(from.plusSeconds(3600)));
  }
}
