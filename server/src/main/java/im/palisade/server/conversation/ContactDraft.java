package im.palisade.server.conversation;

import im.palisade.server.conversation.ContactBookStore.Item;
import im.palisade.server.conversation.ContactBookStore.Numbers;
import im.palisade.server.conversation.ContactBookStore.Target;
import im.palisade.server.protocol.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Changes to an account's locked book, made in memory and written at once. */
final class ContactDraft {
  /** Most conversations an account may keep something of. */
  static final int MAX_ITEMS = 1000;

  private final ContactBookStore store;
  private final Connection connection;
  private final long accountId;
  private final long now;
  private final Map<Target, Item> items;
  private final Set<Target> changed = new LinkedHashSet<>();
  private long lastItem;
  private long lastGroup;
  private int count;

  /**
   * Locks the book.
   *
   * @param targets every conversation that may be changed
   */
  ContactDraft(
      ContactBookStore store,
      Connection connection,
      long accountId,
      Collection<Target> targets,
      long now)
      throws SQLException {
    this.store = store;
    this.connection = connection;
    this.accountId = accountId;
    this.now = now;
    Numbers numbers = store.lock(connection, accountId);
    lastItem = numbers.item();
    lastGroup = numbers.group();
    items = store.find(connection, accountId, targets);
    count = store.countItems(connection, accountId);
  }

  /** The number of a new group. */
  long nextGroup() {
    return ++lastGroup;
  }

  /** Puts a conversation into a group, or takes it out. */
  Optional<ErrorCode> setGroup(Target target, long group, boolean in) {
    return change(
        target,
        item -> {
          Set<Long> groups = new TreeSet<>(item.groups());
          boolean _ = in ? groups.add(group) : groups.remove(group);
          return with(item, item.standardMark(), item.customMark(), groups);
        });
  }

  /** Sets a conversation's marks. */
  Optional<ErrorCode> setMarks(
      Target target, UnaryOperator<Long> standard, Optional<String> custom) {
    return change(
        target,
        item ->
            with(
                item,
                standard.apply(item.standardMark()),
                custom.orElse(item.customMark()),
                item.groups()));
  }

  /** The conversation's state in this draft. */
  Item current(Target target) {
    Item item = items.get(target);
    return item == null ? new Item(0, target, "", 0, "", Set.of(), 0) : item;
  }

  /** Writes what has changed. */
  void save() throws SQLException {
    List<Item> all = changed.stream().map(items::get).toList();
    store.save(connection, accountId, all);
    store.saveNumbers(connection, accountId, new Numbers(lastGroup, lastItem));
  }

  private Optional<ErrorCode> change(Target target, UnaryOperator<Item> operation) {
    Item before = current(target);
    Item after = operation.apply(before);
    if (after.equals(before)) {
      return Optional.empty();
    }
    if (before.isEmpty()) {
      if (count >= MAX_ITEMS) {
        return Optional.of(ErrorCode.CONTACT_ITEMS_EXCEEDED);
      }
      count++;
    }
    if (after.isEmpty()) {
      count--;
    }
    long number = before.number() == 0 ? ++lastItem : before.number();
    items.put(
        target,
        new Item(
            number,
            target,
            after.targetName(),
            after.standardMark(),
            after.customMark(),
            after.groups(),
            now));
    changed.add(target);
    return Optional.empty();
  }

  private static Item with(Item item, long standard, String custom, Set<Long> groups) {
    return new Item(
        item.number(),
        item.target(),
        item.targetName(),
        standard,
        custom,
        groups,
        item.changedAt());
  }
}
