package im.palisade.server.message;

import im.palisade.server.account.AccountService;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.moderation.TextModeration;
import im.palisade.server.mute.MuteService;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.AuditSummary;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/** The parts of this feature, put together; the rest of the server sees its doors only. */
public final class MessageFeature implements AutoCloseable {
  private final MessageService messages;
  private final MessageHooks hooks;
  private final SendSummary summary;
  private final ImportRestApi imports;
  private final MessageChanges changes;
  private final ExtensionService extensions;
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Function<MessageCommands.Groups, List<Command>> commands;
  private final Broadcasts broadcasts;
  private final GrowingTexts growingTexts;
  private final ReadService reads;
  private final PairOperations operations;

  public MessageFeature(
      Regions regions,
      AccountService accounts,
      ConversationService conversations,
      MuteService mutes,
      SessionDirectory sessions,
      Audiences audiences,
      SendPermission permission,
      SentListener sent,
      BooleanSupplier storageLow,
      TextModeration texts,
      Bundles bundles,
      MessageHooks hooks,
      AuditSummary audited,
      MessageSettings settings,
      Metrics metrics,
      Clock clock) {
    this.hooks = hooks;
    BlockedMessages blocked = new BlockedMessages(audited, clock);
    MessageModeration moderation = new MessageModeration(texts, blocked);
    MessageEvents events = new MessageEvents(sessions);
    messages =
        new MessageService(
            regions,
            conversations,
            new MessageDelivery(sessions, audiences, sent),
            new MessageGate(hooks, moderation, bundles, clock),
            blocked,
            hooks,
            events,
            storageLow,
            settings,
            metrics.registry(),
            clock);
    summary = new SendSummary(audited);
    MessageHistory history = new MessageHistory(regions, accounts, conversations, clock);
    endpoints.addAll(new MessageRestApi(messages, accounts, summary, clock).endpoints());
    changes = new MessageChanges(regions, sent, clock);
    broadcasts = new Broadcasts(regions, moderation, blocked, bundles, storageLow, sent, clock);
    growingTexts =
        new GrowingTexts(messages, changes, conversations, moderation, events, summary, clock);
    MessageEdits edits =
        new MessageEdits(changes, conversations, events, moderation, bundles, hooks, clock);
    operations = new PairOperations(regions, accounts, messages, history, edits, summary);
    imports = new ImportRestApi(messages, accounts, clock);
    endpoints.addAll(imports.endpoints());
    endpoints.addAll(new EditRestApi(edits, accounts).endpoints());
    reads = new ReadService(regions, history, conversations, events, hooks, clock);
    endpoints.addAll(new ReadRestApi(reads, accounts).endpoints());
    extensions = new ExtensionService(regions, conversations, changes, events, clock);
    endpoints.addAll(new ExtensionRestApi(extensions, accounts).endpoints());
    endpoints.addAll(new HistoryRestApi(history, accounts).endpoints());
    commands =
        groups ->
            Stream.concat(
                    new MessageCommands(
                            messages,
                            history,
                            accounts,
                            mutes,
                            permission,
                            conversations,
                            changes,
                            groups)
                        .commands().stream(),
                    new MessageEditCommands(
                            edits,
                            history,
                            reads,
                            extensions,
                            accounts,
                            conversations,
                            groups,
                            clock)
                        .commands().stream())
                .toList();
  }

  /** Who takes part in what happens to messages. */
  public MessageHooks hooks() {
    return hooks;
  }

  /** How stored messages change. */
  public MessageChanges changes() {
    return changes;
  }

  /** How far accounts have read. */
  public ReadService reads() {
    return reads;
  }

  /** Key-value pairs of messages. */
  public ExtensionService extensions() {
    return extensions;
  }

  /** What administrators send for others. */
  public SendSummary summary() {
    return summary;
  }

  /** The one path of messages, for the features above. */
  public MessageService messages() {
    return messages;
  }

  /** What operators do. */
  public PairOperations operations() {
    return operations;
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** Registers a listener of imports; at composition only. */
  public void onImport(ImportListener listener) {
    imports.onImport(listener);
  }

  /** Whom to tell of an import through another door: everyone who is registered. */
  public ImportListener importListeners() {
    return imports::tell;
  }

  /**
   * Client commands.
   *
   * @param groups where those go that name a group's conversation
   */
  public List<Command> commands(MessageCommands.Groups groups) {
    return commands.apply(groups);
  }

  /** Messages of one publisher for many readers. */
  public Broadcasts broadcasts() {
    return broadcasts;
  }

  /** Messages whose text grows after they were sent. */
  public GrowingTexts growingTexts() {
    return growingTexts;
  }

  /** Writes what has been accepted and ends. */
  @Override
  public void close() {
    growingTexts.close();
    messages.close();
  }
}
