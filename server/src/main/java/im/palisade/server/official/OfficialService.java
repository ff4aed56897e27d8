package im.palisade.server.official;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.app.OfficialAccounts;
import im.palisade.server.audit.Cause;
import im.palisade.server.official.OfficialAccount.Profile;
import im.palisade.server.official.OfficialHook.Fact;
import im.palisade.server.official.OfficialHook.Intent;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The rules of official accounts themselves (rest-conversations-ops I1–I4). */
final class OfficialService {
  private final Regions regions;
  private final OfficialStore store;
  private final OfficialNotices notices;
  private final OfficialRemoval removal;
  private final OfficialHook hook;
  private final Clock clock;

  OfficialService(
      Regions regions,
      OfficialStore store,
      OfficialNotices notices,
      OfficialRemoval removal,
      OfficialHook hook,
      Clock clock) {
    this.hook = hook;
    this.regions = regions;
    this.store = store;
    this.notices = notices;
    this.removal = removal;
    this.clock = clock;
  }

  /**
   * What is to be another; absent stays.
   *
   * @param maxSubscribers may be below the present number: then nobody else can subscribe
   */
  record Change(
      Optional<String> name,
      Optional<String> introduction,
      Optional<String> faceUrl,
      Optional<String> organization,
      Optional<String> custom,
      Optional<Long> maxSubscribers) {

    /** What webhooks tell of, by its name on the wire, as far as it is another now. */
    Map<String, String> from(Profile present) {
      Map<String, String> changed = new LinkedHashMap<>();
      add(changed, "Name", name, present.name());
      add(changed, "Introduction", introduction, present.introduction());
      add(changed, "FaceUrl", faceUrl, present.faceUrl());
      add(changed, "Organization", organization, present.organization());
      return changed;
    }

    private static void add(
        Map<String, String> changed, String wireName, Optional<String> value, String present) {
      value.filter(text -> !text.equals(present)).ifPresent(text -> changed.put(wireName, text));
    }

    Profile on(Profile present) {
      return new Profile(
          name.orElse(present.name()),
          introduction.orElse(present.introduction()),
          faceUrl.orElse(present.faceUrl()),
          organization.orElse(present.organization()),
          custom.orElse(present.custom()));
    }
  }

  /**
   * Creates one and returns its id.
   *
   * @param chosen id the app wants; made up when empty
   * @throws ImException PUBLISHER_ID_INVALID, 130008 when the id is in use, PUBLISHERS_EXCEEDED
   */
  String create(
      App app,
      Account owner,
      Optional<String> chosen,
      Profile profile,
      long maxSubscribers,
      Cause cause) {
    OfficialAccounts settings = OfficialFaults.settings(app);
    if (chosen.isPresent() && !OfficialIds.isChoosable(chosen.get())) {
      throw new ImException(ErrorCode.PUBLISHER_ID_INVALID);
    }
    hook.before(app, new Intent.Create(owner.userId(), profile.name()), cause.origin());
    String account = chosen.orElseGet(OfficialIds::made);
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              int present = store.lockCount(unit.connection(), app.appId());
              if (settings.most() > 0 && present >= settings.most()) {
                throw new ImException(
                    ErrorCode.PUBLISHERS_EXCEEDED,
                    "the app may have " + settings.most() + " official accounts");
              }
              OptionalLong inserted =
                  store.insert(
                      unit.connection(),
                      app.appId(),
                      account,
                      owner.id(),
                      profile,
                      maxSubscribers,
                      clock.instant().getEpochSecond());
              long id = inserted.orElseThrow(OfficialFaults::idTaken);
              unit.record(event(cause, id, "created"));
              hook.happened(
                  unit,
                  app,
                  id,
                  new Fact.Created(account, owner.userId(), profile.name()),
                  cause.origin());
              return null;
            });
    return account;
  }

  /**
   * Changes what it says of itself and tells its subscribers.
   *
   * @throws ImException 130004
   */
  void modify(App app, String account, Change change, Cause cause) {
    OfficialFaults.settings(app);
    OfficialAccount before =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  OfficialAccount present =
                      store
                          .lock(unit.connection(), app.appId(), account)
                          .orElseThrow(OfficialFaults::missing);
                  store.update(
                      unit.connection(),
                      present.conversationId(),
                      change.on(present.profile()),
                      change.maxSubscribers().orElse(present.maxSubscribers()));
                  unit.record(event(cause, present.conversationId(), "modified"));
                  Map<String, String> changed = change.from(present.profile());
                  if (!changed.isEmpty()) {
                    hook.happened(
                        unit,
                        app,
                        present.conversationId(),
                        new Fact.Changed(account, changed),
                        cause.origin());
                  }
                  return present;
                });
    if (!change.on(before.profile()).equals(before.profile())) {
      notices.changed(app, before);
    }
  }

  /**
   * Destroys it: from here on nobody finds it, its messages or its subscriptions, which are deleted
   * behind the answer. Its id is free again.
   *
   * @throws ImException 130004
   */
  void destroy(App app, String account, Cause cause) {
    OfficialFaults.settings(app);
    Region region = regions.of(app);
    OfficialAccount destroyed =
        region.inUnitOfWork(
            unit -> {
              OfficialAccount present =
                  store
                      .lock(unit.connection(), app.appId(), account)
                      .orElseThrow(OfficialFaults::missing);
              store.markGone(unit.connection(), present.conversationId());
              unit.record(event(cause, present.conversationId(), "destroyed"));
              hook.happened(
                  unit,
                  app,
                  present.conversationId(),
                  new Fact.Destroyed(account, present.owner(), present.profile().name()),
                  cause.origin());
              return present;
            });
    notices.destroyed(app, destroyed, () -> removal.remove(region, destroyed.conversationId()));
  }

  /** The live ones of these, by id, in one query. */
  Map<String, OfficialAccount> findAll(App app, Collection<String> accounts) {
    OfficialFaults.settings(app);
    return regions
        .of(app)
        .read(connection -> store.findAll(connection, app.appId(), new LinkedHashSet<>(accounts)));
  }

  /**
   * One that is live.
   *
   * @throws ImException 130004
   */
  OfficialAccount require(App app, String account) {
    return Optional.ofNullable(findAll(app, List.of(account)).get(account))
        .orElseThrow(OfficialFaults::missing);
  }

  static Target target(long conversationId) {
    return new Target("official_account", Long.toString(conversationId));
  }

  private static AuditEvent event(Cause cause, long conversationId, String what) {
    return cause
        .event("rest.call", target(conversationId))
        .withChange(Map.of("official_account", what));
  }
}
