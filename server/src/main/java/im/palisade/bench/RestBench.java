package im.palisade.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

/** What back ends do: sending over keep-alive connections, and reading pages of what is stored. */
final class RestBench {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OK = "\"ErrorCode\":0,";
  private static final int FRIENDS = 1000;
  private static final int CONTACTS = 300;
  private static final int PAIRS = 100;
  private static final int WARM_UP_CALLS = 2000;

  private final Report report;
  private final ServerUnderTest server;
  private final Path data;
  private final PairsBench.Plan plan;

  RestBench(Report report, ServerUnderTest server, Path data, PairsBench.Plan plan) {
    this.report = report;
    this.server = server;
    this.data = data;
    this.plan = plan;
  }

  /** As many {@code sendmsg} calls as it takes, one at a time on each connection. */
  void send(int connections) throws InterruptedException {
    List<String> users = users("s", connections * 2);
    server.importUsers(users);
    Faults faults = new Faults();
    List<Sender> senders = new ArrayList<>();
    AtomicBoolean stop = new AtomicBoolean();
    try (BenchStore store = BenchStore.open(data)) {
      long before = store.messages();
      for (int i = 0; i < connections; i++) {
        Sender sender = new Sender(users.get(2 * i), users.get(2 * i + 1), faults, stop);
        senders.add(sender);
        sender.thread.start();
      }
      Thread.sleep(plan.warmUp());
      senders.forEach(sender -> sender.measuring = true);
      CpuMeter meter = new CpuMeter(server);
      long begin = System.nanoTime();
      Thread.sleep(plan.duration());
      double seconds = (System.nanoTime() - begin) / 1e9;
      CpuMeter.Used used = meter.since();
      stop.set(true);
      Latencies all = new Latencies();
      long calls = 0;
      long accepted = 0;
      for (Sender sender : senders) {
        sender.thread.join();
        sender.taken.forEach(all::record);
        calls += sender.taken.size();
        accepted += sender.accepted;
      }
      report.add(
          Figure.of("sendmsg", "accepted and durable", calls / seconds, "call/s").atLeast(6000));
      cpu("sendmsg", used, calls);
      report.add(Figure.of("sendmsg", "connections", connections, ""));
      for (double percentile : new double[] {50, 99}) {
        report.add(
            Figure.of(
                "sendmsg",
                "call to answer p%.0f".formatted(percentile),
                all.millisAt(percentile),
                "ms"));
      }
      long stored = store.messages() - before;
      if (stored != accepted) {
        faults.add(accepted + " messages were accepted, " + stored + " are stored");
      }
    }
    report.add("sendmsg", faults);
  }

  /**
   * Pages of what is stored, one call at a time.
   *
   * @param messages there are to be, in a hundred conversations
   */
  void read(long messages) throws InterruptedException {
    List<String> users = users("q", FRIENDS + 1);
    server.importUsers(users);
    String owner = users.getLast();
    befriend(owner, users.subList(0, FRIENDS));
    describe(users.subList(0, 100));
    Faults faults = new Faults();
    ObjectNode profiles = JSON.createObjectNode();
    users.subList(0, 100).forEach(profiles.putArray("To_Account")::add);
    profiles
        .putArray("TagList")
        .add("Tag_Profile_IM_Nick")
        .add("Tag_Profile_IM_Image")
        .add("Tag_Profile_IM_SelfSignature")
        .add("Tag_Profile_IM_Level");
    Random random = new Random(7);
    time("portrait_get", "100 users", 5, "profile/portrait_get", faults, i -> profiles, 100);
    time(
        "friend_get",
        "page of 100 of 1,000",
        5,
        "sns/friend_get",
        faults,
        i ->
            JSON.createObjectNode()
                .put("From_Account", owner)
                .put("StartIndex", 100 * random.nextInt(FRIENDS / 100)),
        100);

    List<String> contacts = users.subList(0, CONTACTS);
    for (String contact : contacts) {
      server.call("openim/sendmsg", message(owner, contact, 1, "hello"));
    }
    time(
        "get_list",
        "page of recent contacts",
        5,
        "recentcontact/get_list",
        faults,
        i -> JSON.createObjectNode().put("From_Account", owner).put("AssistFlags", 7),
        100);
    history(messages, faults, random);
    report.add("reads", faults);
  }

  private void history(long messages, Faults faults, Random random) throws InterruptedException {
    List<String> pairs = users("h", 2 * PAIRS);
    server.importUsers(pairs);
    long stored;
    int each = (int) (messages / PAIRS);
    try (BenchStore store = BenchStore.open(data)) {
      long before = store.newestConversation();
      for (int i = 0; i < PAIRS; i++) {
        server.call("openim/sendmsg", message(pairs.get(2 * i), pairs.get(2 * i + 1), 1, "first"));
      }
      report.progress("history: inserting " + messages + " messages");
      stored = store.lengthen(before, each, plan.textBytes());
    }
    report.add(Figure.of("history", "stored messages", (double) stored, ""));
    long now = System.currentTimeMillis() / 1000;
    time(
        "admin_getroammsg",
        "page (13 KB) anywhere in history",
        10,
        "openim/admin_getroammsg",
        faults,
        i -> {
          int pair = random.nextInt(PAIRS);
          return JSON.createObjectNode()
              .put("Operator_Account", pairs.get(2 * pair))
              .put("Peer_Account", pairs.get(2 * pair + 1))
              .put("MaxCnt", 100)
              .put("MinTime", 0)
              .put("MaxTime", now - random.nextInt(19 * 86_400));
        },
        30);
    HistoryBench.run(report, server, pairs, each, random);
  }

  private void time(
      String subject,
      String name,
      double target,
      String command,
      Faults faults,
      IntFunction<ObjectNode> body,
      int items)
      throws InterruptedException {
    report.progress(subject + ": " + name);
    Latencies taken = new Latencies();
    try (RestConnection connection =
        new RestConnection(server.restUrl(), server.restPath(command))) {
      CpuMeter meter = new CpuMeter(server);
      long calls = 0;
      long begin = System.nanoTime();
      for (int i = 0; ; i++) {
        if (i == WARM_UP_CALLS) {
          taken.reset();
          meter = new CpuMeter(server);
          calls = 0;
          begin = System.nanoTime();
        }
        byte[] request = JSON.writeValueAsBytes(body.apply(i));
        long sent = System.nanoTime();
        byte[] answer = connection.post(request);
        long now = System.nanoTime();
        taken.record(now - sent);
        calls++;
        if (i % 500 == 0) {
          check(subject, answer, items, faults);
        }
        if (i > WARM_UP_CALLS && now - begin > Duration.ofSeconds(5).toNanos()) {
          break;
        }
      }
      CpuMeter.Used used = meter.since();
      report.add(Figure.of(subject, name + ", p50", taken.millisAt(50), "ms").atMost(target));
      report.add(Figure.of(subject, "  p99", taken.millisAt(99), "ms"));
      cpu(subject, used, calls);
    } catch (IOException e) {
      throw new BenchException(command + " failed: " + e.getMessage(), e);
    }
  }

  /** Whether the answer is a page as large as it should be. */
  private static void check(String subject, byte[] answer, int items, Faults faults)
      throws IOException {
    JsonNode reply = JSON.readTree(answer);
    int found = 0;
    for (JsonNode each : reply) {
      found = each.isArray() ? Math.max(found, each.size()) : found;
    }
    if (reply.path("ErrorCode").asInt(-1) != 0 || found < items) {
      faults.add(
          subject
              + " answered "
              + found
              + " of "
              + items
              + " items: "
              + new String(answer, 0, Math.min(200, answer.length), StandardCharsets.UTF_8));
    }
  }

  private void cpu(String subject, CpuMeter.Used used, long calls) {
    double count = Math.max(1, calls);
    report.add(Figure.of(subject, "server CPU, database included", used.both() / count, "us/call"));
    report.add(Figure.of(subject, "  of it database", used.database() / count, "us/call"));
    report.add(Figure.of(subject, "generator CPU", used.generator() / count, "us/call"));
    report.add(Figure.of(subject, "other processes meanwhile", used.coresOfOthers(), "cores"));
  }

  private void befriend(String owner, List<String> friends) throws InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("From_Account", owner);
    ArrayNode items = body.putArray("AddFriendItem");
    for (String friend : friends) {
      items
          .addObject()
          .put("To_Account", friend)
          .put("Remark", "remark of " + friend)
          .put("AddSource", "AddSource_Type_Bench");
    }
    server.call("sns/friend_import", body);
  }

  private void describe(List<String> users) throws InterruptedException {
    for (String user : users) {
      ObjectNode body = JSON.createObjectNode().put("From_Account", user);
      ArrayNode items = body.putArray("ProfileItem");
      items.addObject().put("Tag", "Tag_Profile_IM_Nick").put("Value", "nick of " + user);
      items
          .addObject()
          .put("Tag", "Tag_Profile_IM_SelfSignature")
          .put("Value", "a signature of some length, as people write them");
      items.addObject().put("Tag", "Tag_Profile_IM_Level").put("Value", 7);
      server.call("profile/portrait_set", body);
    }
  }

  private static List<String> users(String prefix, int count) {
    List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add("rest-%s%05d".formatted(prefix, i));
    }
    return names;
  }

  private static ObjectNode message(String from, String to, long random, String text) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("From_Account", from)
            .put("To_Account", to)
            .put("MsgRandom", random);
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
    return body;
  }

  /** One connection that sends, one message after the other. */
  private final class Sender implements Runnable {
    private final String before;
    private final String after;
    private final Faults faults;
    private final AtomicBoolean stop;
    private final Thread thread = Thread.ofVirtual().unstarted(this);
    private final ConcurrentLinkedQueue<Long> taken = new ConcurrentLinkedQueue<>();
    private volatile boolean measuring;
    private long accepted;

    Sender(String from, String to, Faults faults, AtomicBoolean stop) {
      this.faults = faults;
      this.stop = stop;
      String[] parts =
          message(from, to, 987_654_321, "x".repeat(plan.textBytes()))
              .toString()
              .split("987654321", 2);
      before = parts[0];
      after = parts[1];
    }

    @Override
    public void run() {
      try (RestConnection connection =
          new RestConnection(server.restUrl(), server.restPath("openim/sendmsg"))) {
        for (long number = 1; !stop.get(); number++) {
          byte[] body = (before + number + after).getBytes(StandardCharsets.UTF_8);
          long begin = System.nanoTime();
          String answer = new String(connection.post(body), StandardCharsets.UTF_8);
          long nanos = System.nanoTime() - begin;
          if (answer.contains(OK)) {
            accepted++;
          } else {
            faults.add("sendmsg answered " + answer);
          }
          if (measuring && !stop.get()) {
            taken.add(nanos);
          }
        }
      } catch (IOException e) {
        faults.add("a sending connection ended: " + e);
      }
    }
  }
}
