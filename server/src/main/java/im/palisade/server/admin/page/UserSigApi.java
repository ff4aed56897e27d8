package im.palisade.server.admin.page;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.app.AppKey;
import im.palisade.server.protocol.ImException;
import im.palisade.server.security.UserSigSigner;
import im.palisade.server.security.UserSigVerifier;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.security.VerifiedSig;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes and checks UserSigs: what an app's own back end does, for trying and for finding faults.
 */
public final class UserSigApi {
  private static final String TAG = "usersig";

  private final AccountService accounts;
  private final Regions regions;
  private final UserSigSigner signer;
  private final UserSigVerifier verifier;
  private final Clock clock;

  UserSigApi(AccountService accounts, Regions regions, Clock clock) {
    this.accounts = accounts;
    this.regions = regions;
    this.clock = clock;
    this.signer = new UserSigSigner(clock);
    this.verifier = new UserSigVerifier(clock);
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.post("/apps/{app}/usersig/make", TAG, "Makes a UserSig for a user")
            .needs(Permission.USERSIG_USE)
            .confirmed()
            .records("admin.credential.create")
            .handledBy(NewSig.class, MadeSig.class, this::make),
        AdminEndpoint.post("/apps/{app}/usersig/check", TAG, "Says whether a UserSig counts")
            .needs(Permission.USERSIG_USE)
            .recordsNone("says of a signature what its holder learns by using it")
            .handledBy(GivenSig.class, CheckedSig.class, this::check));
  }

  /** For whom. */
  public record NewSig(
      @Meaning("UserID") @Within(min = 1, max = 32) String user,
      @Meaning("seconds it is to be valid") @Within(min = 60, max = 180L * 86_400) long seconds) {}

  /** A UserSig. */
  @Meaning("A UserSig: it signs in as the user.")
  public record MadeSig(
      @Meaning("the signature") String sig, @Meaning("until when it counts") Instant expiresAt) {}

  /** Whose. */
  public record GivenSig(
      @Meaning("UserID") @Within(min = 1, max = 32) String user,
      @Meaning("the signature") @Within(min = 1, max = 20_000) String sig) {}

  /** What is true of it. */
  @Meaning("What is true of a UserSig.")
  public record CheckedSig(
      @Meaning("whether it lets the user in now") boolean valid,
      @Meaning("the number a client would be refused with") Optional<Integer> code,
      @Meaning("why it does not count, in English") Optional<String> reason,
      @Meaning("when it was made") Optional<Instant> issuedAt,
      @Meaning("until when it counts") Optional<Instant> expiresAt,
      @Meaning("the server's clock") Instant serverTime) {}

  private MadeSig make(AdminCall call, NewSig in) {
    Optional<Account> account = accounts.find(call.app(), in.user());
    VerificationKey.Hmac key =
        call.app().keys().stream()
            .map(AppKey::key)
            .filter(VerificationKey.Hmac.class::isInstance)
            .map(VerificationKey.Hmac.class::cast)
            .findFirst()
            .orElseThrow(() -> AdminException.of(Refusal.CONFLICT, Reason.NO_SECRET_KEY));
    regions
        .of(call.app())
        .inUnitOfWork(
            unit -> {
              unit.record(
                  call.cause()
                      .event(
                          "admin.credential.create",
                          account.map(AccountService::target).stream().toArray(Target[]::new))
                      .withChange(Map.of("seconds", in.seconds())));
              return null;
            });
    Duration validity = Duration.ofSeconds(in.seconds());
    return new MadeSig(
        signer.sign(call.app().appId(), key, in.user(), validity), clock.instant().plus(validity));
  }

  private CheckedSig check(AdminCall call, GivenSig in) {
    Instant now = clock.instant();
    try {
      VerifiedSig sig =
          verifier.verify(
              call.app().appId(),
              in.user(),
              in.sig(),
              call.app().keys().stream().map(AppKey::key).toList());
      long notBefore = accounts.find(call.app(), in.user()).map(Account::sigNotBefore).orElse(0L);
      boolean counts = sig.issuedAt() > notBefore;
      return new CheckedSig(
          counts,
          Optional.empty(),
          counts
              ? Optional.empty()
              : Optional.of(
                  notBefore == Account.DEACTIVATED
                      ? "the user is deactivated"
                      : "signatures of before a kick were made invalid"),
          time(sig.issuedAt()),
          time(sig.expiresAt()),
          now);
    } catch (ImException e) {
      return new CheckedSig(
          false,
          Optional.of(e.code()),
          Optional.of(e.info()),
          Optional.empty(),
          Optional.empty(),
          now);
    }
  }

  private static Optional<Instant> time(long seconds) {
    long most = 253_402_300_799L;
    return Optional.of(Instant.ofEpochSecond(Math.clamp(seconds, 0, most)));
  }
}
