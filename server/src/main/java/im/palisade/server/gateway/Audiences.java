package im.palisade.server.gateway;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who on this node follows which group or room. A frame said to an audience costs one task for each
 * event loop that has members of it; the loop writes it to its members a slice at a time, so that a
 * room of a hundred thousand holds up nobody, and joins what was said meanwhile into one write for
 * each of them. There is no lock and no thread of a room. A session that ends leaves by itself.
 *
 * <p>Every method may be called from any thread and none blocks. Frames said to one audience by one
 * thread reach each member in that order, and a member gets exactly those said after its {@code
 * join} and before its {@code leave}. Between an audience and {@link Session#send} there is no
 * order: what must keep its place among an audience's frames and is meant for few is said with
 * {@link #sayTo}.
 */
public final class Audiences {
  private final ConcurrentHashMap<AudienceId, List<Section>> present = new ConcurrentHashMap<>();

  /** Adds a session; nothing happens when it is in already, or over. */
  public void join(AudienceId id, Session session) {
    Connection connection = (Connection) session;
    Section section = expect(id, connection.shard());
    connection.shard().submit(() -> enter(section, connection));
  }

  /**
   * Adds a session that is just logging in to the audiences which its account was found in. Unlike
   * {@link #join} this gives way to a {@link #leave} since the session entered the directory: what
   * was found may be older than that.
   */
  public void joinAtLogin(Collection<AudienceId> ids, Session session) {
    Connection connection = (Connection) session;
    List<Section> sections = new ArrayList<>(ids.size());
    ids.forEach(id -> sections.add(expect(id, connection.shard())));
    connection
        .shard()
        .submit(
            () ->
                sections.forEach(
                    section -> {
                      if (connection.hasLeft(section.id())) {
                        release(section);
                      } else {
                        enter(section, connection);
                      }
                    }));
  }

  /** Takes a session out; nothing happens when it is not in. */
  public void leave(AudienceId id, Session session) {
    Connection connection = (Connection) session;
    connection.shard().submit(() -> connection.leaveAudience(id));
  }

  /** Takes everybody out, after what was said before. */
  public void disperse(AudienceId id) {
    for (Section section : present.getOrDefault(id, List.of())) {
      section.shard().submit(section::disperse);
    }
  }

  /** Sends a frame to every member. */
  public void say(AudienceId id, EncodedFrame frame) {
    say(id, frame, Whom.EVERYBODY);
  }

  /** Sends a frame to every member but one session, as a rule the one it came from. */
  public void sayToOthers(AudienceId id, EncodedFrame frame, Session except) {
    say(id, frame, member -> !member.equals(except));
  }

  /** Sends a frame to every member but some sessions. */
  public void sayToAllBut(AudienceId id, EncodedFrame frame, Collection<? extends Session> except) {
    Set<Session> left = Set.copyOf(except);
    say(id, frame, member -> !left.contains(member));
  }

  /** Sends a frame to those of the sessions that are members. */
  public void sayTo(AudienceId id, EncodedFrame frame, Collection<? extends Session> only) {
    Set<Session> receivers = Set.copyOf(only);
    say(id, frame, receivers::contains);
  }

  private void say(AudienceId id, EncodedFrame frame, Whom whom) {
    for (Section section : present.getOrDefault(id, List.of())) {
      section.shard().submit(() -> section.say(frame, whom));
    }
  }

  /** Sessions in an audience; those about to enter count, those about to leave may. */
  public int size(AudienceId id) {
    int size = 0;
    for (Section section : present.getOrDefault(id, List.of())) {
      size += section.expected();
    }
    return size;
  }

  /** Audiences that have a member. */
  public int count() {
    return present.size();
  }

  private static void enter(Section section, Connection connection) {
    if (!connection.joinAudience(section)) {
      section.audiences().release(section);
    }
  }

  /** The place of an audience on an event loop, which stays while anybody is expected there. */
  private Section expect(AudienceId id, Shard shard) {
    Section[] found = new Section[1];
    present.compute(
        id,
        (key, sections) -> {
          for (Section section : sections == null ? List.<Section>of() : sections) {
            if (section.shard() == shard) {
              section.expect(1);
              found[0] = section;
              return sections;
            }
          }
          found[0] = new Section(this, id, shard);
          found[0].expect(1);
          List<Section> more = new ArrayList<>(sections == null ? List.of() : sections);
          more.add(found[0]);
          return List.copyOf(more);
        });
    return found[0];
  }

  /** One member fewer is expected there. */
  void release(Section section) {
    present.computeIfPresent(
        section.id(),
        (key, sections) -> {
          section.expect(-1);
          if (section.expected() > 0) {
            return sections;
          }
          List<Section> fewer = new ArrayList<>(sections);
          fewer.remove(section);
          return fewer.isEmpty() ? null : List.copyOf(fewer);
        });
  }

  /** Which members a frame is for. */
  interface Whom {
    Whom EVERYBODY = member -> true;

    boolean includes(Session member);
  }
}
