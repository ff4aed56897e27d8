package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.message.GroupUnreadStore;
import im.palisade.server.testing.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A community of a hundred thousand: what is asked of it touches a page, not its members. */
class LargeCommunityTest {
  private static final Logger log = LoggerFactory.getLogger(LargeCommunityTest.class);
  private static final int MEMBERS = 99_000;

  /** Measured and held to the targets with {@code -Dpalisade.figures=true}. */
  private static final boolean FIGURES = Boolean.getBoolean("palisade.figures");

  private final Groups groups =
      new Groups(TestServer.shared().newApp().withUsers("ann", "bo", "cy"));

  @Test
  void pagesAndJoinsTouchAPageAndNotTheMembers() {
    String id = groups.create("Community", "ann");
    fill(id);
    assertEquals(MEMBERS + 1, groups.info(id).path("MemberNum").asInt());
    Group group =
        TestServer.shared()
            .server()
            .regions()
            .of(groups.app().app())
            .read(
                connection ->
                    new GroupStore(new GroupTypes())
                        .find(connection, groups.app().app(), List.of(id))
                        .getFirst()
                        .group());
    RosterStore roster = new RosterStore();
    RosterStore.Place middle = new RosterStore.Place(1_700_000_000L + MEMBERS / 2, 0);
    for (Set<Role> roles : List.of(Set.of(Role.values()), Set.of(Role.MEMBER))) {
      long touched =
          touched(connection -> roster.behind(connection, group.id(), roles, middle, 101, 0));
      assertTrue(touched < 1_000, roles + " touched " + touched + " rows");
    }
    long[] pages = new long[50];
    for (int i = 0; i < pages.length; i++) {
      String next = (1_700_000_000L + i * 1_900L) + "-0";
      long begin = System.nanoTime();
      assertEquals(
          100,
          groups
              .ok("get_group_member_info", "{'GroupId':'" + id + "','Next':'" + next + "'}")
              .path("MemberList")
              .size());
      pages[i] = System.nanoTime() - begin;
    }
    long[] reads = new long[50];
    for (int i = 0; i < reads.length; i++) {
      RosterStore.Place at = new RosterStore.Place(1_700_000_000L + i * 1_900L, 0);
      long begin = System.nanoTime();
      TestServer.shared()
          .server()
          .regions()
          .of(groups.app().app())
          .read(c -> roster.behind(c, group.id(), Set.of(Role.values()), at, 101, 0));
      reads[i] = System.nanoTime() - begin;
    }
    long[] joins = new long[20];
    for (int i = 0; i < joins.length; i++) {
      long begin = System.nanoTime();
      groups.ok(
          "add_group_member", "{'GroupId':'" + id + "','MemberList':[{'Member_Account':'bo'}]}");
      joins[i] = System.nanoTime() - begin;
      groups.ok("delete_group_member", "{'GroupId':'" + id + "','MemberToDel_Account':['bo']}");
    }
    long[] sends = new long[20];
    for (int i = 0; i < sends.length; i++) {
      long begin = System.nanoTime();
      groups.ok(
          "send_group_msg",
          "{'GroupId':'"
              + id
              + "','Random':"
              + i
              + ",'From_Account':'ann','MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]}");
      sends[i] = System.nanoTime() - begin;
    }
    GroupUnreadStore unread = new GroupUnreadStore();
    long[] counts = new long[20];
    for (int i = 0; i < counts.length; i++) {
      long member = account("many" + (1 + i * 4_000));
      long begin = System.nanoTime();
      long count =
          TestServer.shared()
              .server()
              .regions()
              .of(groups.app().app())
              .read(c -> unread.unread(c, member))
              .get(group.id())
              .count();
      counts[i] = System.nanoTime() - begin;
      assertEquals(sends.length, count);
    }
    long begin = System.nanoTime();
    groups.ok("destroy_group", "{'GroupId':'" + id + "'}");
    log.info(
        "community of {}: page {} in the store, {} over REST; join {}; send {}; unread {};"
            + " dissolve {}",
        MEMBERS,
        median(reads),
        median(pages),
        median(joins),
        median(sends),
        median(counts),
        Duration.ofNanos(System.nanoTime() - begin));
    if (FIGURES) {
      hold("a page in the store", median(reads));
      hold("a page over REST", median(pages));
      hold("a join over REST", median(joins));
      hold("a send over REST", median(sends));
      hold("unread of an account", median(counts));
    }
  }

  private static void hold(String what, Duration median) {
    System.out.printf(
        "FIGURE community of %d, %s: %.2f ms%n", MEMBERS, what, median.toNanos() / 1e6);
    assertTrue(median.toMillis() < 10, what + " took " + median);
  }

  private long account(String userId) {
    return TestServer.shared()
        .server()
        .accounts()
        .find(groups.app().app(), userId)
        .orElseThrow()
        .id();
  }

  private interface Work {
    Object in(Connection connection) throws SQLException;
  }

  /** Rows that the storage engine was asked for. */
  private long touched(Work work) {
    return TestServer.shared()
        .server()
        .regions()
        .of(groups.app().app())
        .read(
            connection -> {
              long before = reads(connection);
              work.in(connection);
              return reads(connection) - before;
            });
  }

  private static long reads(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler_read%'")) {
      long sum = 0;
      while (rows.next()) {
        sum += rows.getLong(2);
      }
      return sum;
    }
  }

  private void fill(String groupId) {
    TestServer.shared()
        .server()
        .regions()
        .of(groups.app().app())
        .inUnitOfWork(
            unit -> {
              long app = groups.app().appId();
              execute(
                  unit.connection(),
                  """
                  SET STATEMENT max_recursive_iterations = 100000 FOR
                  INSERT INTO account (app_id, user_id, subject_ref, created_at)
                  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                  SELECT %d, CONCAT('many', i), UNHEX(MD5(i)), UTC_TIMESTAMP(6) FROM n
                  """
                      .formatted(MEMBERS, app));
              execute(
                  unit.connection(),
                  """
                  INSERT INTO group_member
                    (conversation_id, account_id, role, join_time, from_seq, read_seq, msg_flag,
                     custom)
                  SELECT g.conversation_id, a.id, 1,
                    1700000000 + CAST(SUBSTRING(a.user_id, 5) AS UNSIGNED), 1, 0, 1, ''
                  FROM im_group g JOIN account a ON a.app_id = g.app_id
                  WHERE g.app_id = %d AND g.group_id = '%s' AND a.user_id LIKE 'many%%'
                  """
                      .formatted(app, groupId));
              execute(
                  unit.connection(),
                  "UPDATE im_group SET member_count = member_count + "
                      + MEMBERS
                      + " WHERE app_id = "
                      + app);
              return null;
            });
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.executeUpdate();
    }
  }

  private static Duration median(long[] nanos) {
    Arrays.sort(nanos);
    return Duration.ofNanos(nanos[nanos.length / 2]);
  }
}
