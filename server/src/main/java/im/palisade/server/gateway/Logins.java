package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.Principal;
import im.palisade.server.app.SignOn;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.StoreException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns connections into sessions, and tells those who want to know of their beginning and end. */
final class Logins {
  private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ID_BYTES = 15;
  private static final int AT_ONCE = 16;

  private final SignOn signOn;
  private final SessionDirectory directory;
  private final List<SessionListener> listeners;
  private final LoginAudit audit;
  private final long heartbeatSeconds;
  private final Executor threads;

  /** So many at a time: who comes back in a storm waits here and not for the database. */
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  Logins(
      SignOn signOn,
      SessionDirectory directory,
      List<SessionListener> listeners,
      LoginAudit audit,
      Duration heartbeat,
      Executor threads) {
    this.signOn = signOn;
    this.directory = directory;
    this.listeners = List.copyOf(listeners);
    this.audit = audit;
    this.heartbeatSeconds = Math.max(1, heartbeat.toSeconds());
    this.threads = threads;
  }

  /** Decides a login on a thread of its own. */
  void begin(Connection connection, long requestId, ObjectNode data) {
    start(() -> decide(connection, requestId, data));
  }

  /** Puts another UserSig in the place of a session's, on a thread of its own. */
  void renew(Connection connection, long requestId, ObjectNode data) {
    start(
        () -> {
          try {
            String sig =
                Params.read(
                        data,
                        List.of(LoginRequest.USER_SIG),
                        Wrong.of(ErrorCode.ACCOUNT_INVALID_PARAMETER),
                        false)
                    .get(LoginRequest.USER_SIG);
            Principal present = connection.principal();
            Principal renewed =
                signOn.login(present.app().appId(), present.userId(), sig, connection.address());
            if (renewed.accountId() != present.accountId()) {
              throw new ImException(ErrorCode.SIG_OTHER_USER, "the account was deleted");
            }
            connection.renew(renewed.sigExpiresAt());
            connection.send(
                EncodedFrame.reply(
                    requestId,
                    Json.bytes(Json.object().put("sigExpires", renewed.sigExpiresAt()))));
          } catch (ImException refusal) {
            connection.send(EncodedFrame.error(requestId, refusal.code(), refusal.info()));
          } catch (StoreException e) {
            ImException refusal = refusal(e);
            connection.send(EncodedFrame.error(requestId, refusal.code(), refusal.info()));
          } catch (RuntimeException | Error fault) {
            LOG.error("a renewal failed", fault);
            connection.send(
                EncodedFrame.error(requestId, ErrorCode.ACCOUNT_INTERNAL.number(), "retry"));
          }
        });
  }

  /** Tells of the end of a session that listeners know. */
  void ended(Connection connection, CloseCause cause) {
    start(() -> tellClosed(connection, cause));
  }

  private void decide(Connection connection, long requestId, ObjectNode data) {
    turns.acquireUninterruptibly();
    try {
      LoginRequest request = LoginRequest.from(data);
      Principal principal =
          signOn.login(
              request.sdkAppId(), request.userId(), request.userSig(), connection.address());
      if (connection.isAlive()) {
        identify(connection, request, principal);
        audit.accepted(connection);
        admit(connection, requestId);
      }
    } catch (ImException refusal) {
      refuse(connection, requestId, data, refusal);
    } catch (StoreException e) {
      refuse(connection, requestId, data, refusal(e));
    } catch (RuntimeException | Error fault) {
      LOG.error("login failed", fault);
      refuse(connection, requestId, data, new ImException(ErrorCode.ACCOUNT_INTERNAL));
    } finally {
      turns.release();
    }
  }

  private static ImException refusal(StoreException e) {
    if (e.isBusy()) {
      LOG.warn("a login was refused: no database connection came free");
    } else {
      LOG.error("a login failed in the store", e);
    }
    return e.refusal(ErrorCode.ACCOUNT_INTERNAL, ErrorCode.ACCOUNT_INTERNAL);
  }

  private static void identify(Connection connection, LoginRequest request, Principal principal) {
    byte[] random = new byte[ID_BYTES];
    RANDOM.nextBytes(random);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    connection.identify(
        new Connection.Login(
            id,
            principal,
            request.platform(),
            request.deviceId().isEmpty() ? id : request.deviceId(),
            request.client(),
            System.currentTimeMillis()));
  }

  private void admit(Connection connection, long requestId) {
    EncodedFrame reply = EncodedFrame.reply(requestId, Json.bytes(greeting(connection)));
    SessionDirectory.Admission admission = directory.admit(connection);
    admission
        .replaced()
        .forEach(old -> ((Connection) old).close(CloseCode.NORMAL, CloseCause.REPLACED));
    admission.kicked().forEach(old -> ((Connection) old).makeRoom(connection.platform()));
    try {
      hearing(connection).forEach(listener -> listener.entering(connection));
    } catch (RuntimeException | Error e) {
      directory.remove(connection);
      throw e;
    }
    connection.shard().submit(connection, new Outbound.Welcome(reply), 0);
    tell(connection, listener -> listener.opened(connection, admission.kicked()));
    connection.announced().ifPresent(cause -> tellClosed(connection, cause));
  }

  private ObjectNode greeting(Session session) {
    AppSettings settings = session.principal().app().settings();
    return Json.object()
        .put("sessionId", session.id())
        .put("serverTime", session.loggedInAt().toEpochMilli())
        .put("heartbeat", heartbeatSeconds)
        .put("maxMessageBytes", settings.maxMessageBytes())
        .put("recallWindow", settings.recallWindowSeconds())
        .put("sigExpires", session.principal().sigExpiresAt());
  }

  private void refuse(Connection connection, long requestId, ObjectNode data, ImException refusal) {
    try {
      audit.refused(
          LoginRequest.claimedApp(data),
          LoginRequest.claimedUser(data),
          connection.address(),
          refusal.code());
    } catch (RuntimeException e) {
      LOG.error("a refused login could not be recorded", e);
    }
    EncodedFrame reply = EncodedFrame.error(requestId, refusal.code(), refusal.info());
    connection.shard().submit(connection, new Outbound.Refuse(reply), 0);
  }

  private void tellClosed(Connection connection, CloseCause cause) {
    if (cause == CloseCause.LOGOUT) {
      try {
        audit.loggedOut(connection);
      } catch (RuntimeException e) {
        LOG.error("the logout of session {} could not be recorded", connection, e);
      }
    }
    for (KickReason reason : KickReason.values()) {
      if (reason.cause() == cause) {
        try {
          audit.kicked(connection, reason);
        } catch (RuntimeException e) {
          LOG.error("the kick of session {} could not be recorded", connection, e);
        }
      }
    }
    tell(connection, listener -> listener.closed(connection, cause));
  }

  private List<SessionListener> hearing(Connection connection) {
    return connection.principal().isGuest()
        ? listeners.stream().filter(SessionListener::hearsGuests).toList()
        : listeners;
  }

  private void tell(Connection connection, Consumer<SessionListener> event) {
    for (SessionListener listener : hearing(connection)) {
      try {
        event.accept(listener);
      } catch (StoreException e) {
        if (e.isBusy()) {
          LOG.warn("a session listener went without: no database connection came free");
        } else {
          LOG.error("a session listener failed in the store", e);
        }
      } catch (RuntimeException e) {
        LOG.error("a session listener failed", e);
      }
    }
  }

  private void start(Runnable task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("after the gateway ended", e);
    }
  }
}
