package im.palisade.server.message;

import com.fasterxml.jackson.databind.node.ArrayNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountImport;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.moderation.ModerationFeature;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.store.AuditSummary;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import io.prometheus.client.CollectorRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/** The message path of one node without its doors; several may share one database. */
final class WritingNode implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final Regions regions;
  private final AccountService accounts;
  private final ConversationService conversations;
  private final MessageService messages;

  WritingNode(DataSource dataSource, Clock clock, int lanes) {
    regions = new Regions(Map.of(Regions.HOME, new Region(Regions.HOME, dataSource)));
    accounts = new AccountService(regions, clock);
    conversations = new ConversationService(regions, accounts);
    BlockedMessages blocked =
        new BlockedMessages(new AuditSummary(new AuditJournal(regions)), clock);
    messages =
        new MessageService(
            regions,
            conversations,
            new MessageDelivery(new SessionDirectory(), new Audiences(), message -> {}),
            new MessageGate(
                MessageHooks.NONE,
                new MessageModeration(new ModerationFeature(regions, clock).texts(), blocked),
                (app, keys) -> true,
                clock),
            blocked,
            MessageHooks.NONE,
            new MessageEvents(new SessionDirectory()),
            () -> false,
            new MessageSettings(lanes),
            new CollectorRegistry(),
            clock);
  }

  static App newApp(DataSource dataSource) {
    Regions regions = new Regions(Map.of(Regions.HOME, new Region(Regions.HOME, dataSource)));
    Cause cause = Cause.system(Instant.now());
    return new AppService(regions, new SecretBox("0".repeat(64)), Clock.systemUTC())
        .create("group commit", Regions.HOME, AppSettings.DEFAULT, cause);
  }

  Account account(App app, String userId) {
    return accounts.importAccount(app, AccountImport.of(userId), cause());
  }

  void delete(App app, Account account) {
    accounts.delete(app, account.userId(), cause());
  }

  /** Makes sure that the conversation is there and its version known. */
  long conversation(App app, Account one, Account other) {
    return conversations.between(app, one, other).id();
  }

  MessageService messages() {
    return messages;
  }

  MessageChanges changes() {
    return new MessageChanges(regions, message -> {}, Clock.systemUTC());
  }

  Regions regions() {
    return regions;
  }

  CompletableFuture<Receipt> send(OutgoingMessage message) {
    CompletableFuture<Receipt> answer = new CompletableFuture<>();
    messages.send(
        message,
        new MessageService.Answer() {
          @Override
          public void sent(Receipt receipt) {
            answer.complete(receipt);
          }

          @Override
          public void refused(ImException reason) {
            answer.completeExceptionally(reason);
          }
        });
    return answer;
  }

  /** The receipt; fails when the message was refused. */
  static Receipt receipt(CompletableFuture<Receipt> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The code a message was refused with; 0 when it was sent. */
  static int code(CompletableFuture<Receipt> answer) {
    try {
      answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return 0;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ImException refusal) {
        return refusal.code();
      }
      throw new AssertionError(e);
    } catch (TimeoutException e) {
      throw new AssertionError("never answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    messages.close();
  }

  /** What a client sends. */
  static OutgoingMessage fromClient(App app, Account from, Account to, long random) {
    return message(app, from, to, new Door.Client("s"), random, OutgoingMessage.MAX_LIFE_TIME);
  }

  /** What a back end sends. */
  static OutgoingMessage fromRest(App app, Account from, Account to, long random) {
    return message(
        app, from, to, new Door.Rest(from.id(), "r"), random, OutgoingMessage.MAX_LIFE_TIME);
  }

  /** A message of any kind. */
  static OutgoingMessage message(
      App app, Account from, Account to, Door door, long random, int lifeTime) {
    ArrayNode elements = Json.mapper().createArrayNode();
    elements
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "text " + random);
    MessageBody body =
        MessageBody.of(elements, Optional.empty(), 1000, ErrorCode.MESSAGE_TOO_LONG, false);
    return new OutgoingMessage(
        app,
        from,
        new Target.Pair(to),
        door,
        random,
        OptionalLong.empty(),
        false,
        OptionalLong.empty(),
        body,
        false,
        true,
        true,
        true,
        false,
        false,
        false,
        false,
        lifeTime,
        Optional.empty());
  }

  private static Cause cause() {
    return Cause.system(Instant.now());
  }
}
