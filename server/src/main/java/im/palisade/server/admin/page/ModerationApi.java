package im.palisade.server.admin.page;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.app.App;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupOperations;
import im.palisade.server.liveroom.RoomMessages;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.PairOperations;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.moderation.Label;
import im.palisade.server.moderation.Library;
import im.palisade.server.moderation.LibraryService;
import im.palisade.server.moderation.LibraryWord;
import im.palisade.server.moderation.LocalWord;
import im.palisade.server.moderation.LocalWordService;
import im.palisade.server.moderation.Review;
import im.palisade.server.moderation.ReviewService;
import im.palisade.server.moderation.WordAction;
import im.palisade.server.moderation.WordKind;
import im.palisade.server.store.Regions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Word lists and the queue of messages somebody should look at. */
public final class ModerationApi {
  private static final String TAG = "moderation";

  private final LocalWordService words;
  private final LibraryService libraries;
  private final ReviewService reviews;
  private final AccountService accounts;
  private final PairOperations messages;
  private final GroupOperations groups;
  private final RoomMessages rooms;
  private final Operators operators;
  private final Regions regions;

  ModerationApi(
      LocalWordService words,
      LibraryService libraries,
      ReviewService reviews,
      AccountService accounts,
      PairOperations messages,
      GroupOperations groups,
      RoomMessages rooms,
      Operators operators,
      Regions regions) {
    this.words = words;
    this.libraries = libraries;
    this.reviews = reviews;
    this.accounts = accounts;
    this.messages = messages;
    this.groups = groups;
    this.rooms = rooms;
    this.operators = operators;
    this.regions = regions;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/apps/{app}/moderation/words", TAG, "A page of the app's own list")
            .needs(Permission.MODERATION_READ)
            .recordsNone("word lists are no user's data")
            .handledBy(WordQuery.class, WordPage.class, this::words),
        write("words", "Adds words to the app's own list, or changes them")
            .handledBy(NewWords.class, Nothing.class, this::addWords),
        write("words/delete", "Removes words from the app's own list")
            .handledBy(WordIds.class, Nothing.class, this::deleteWords),
        AdminEndpoint.get("/apps/{app}/moderation/libraries", TAG, "A page of a library")
            .needs(Permission.MODERATION_READ)
            .recordsNone("word lists are no user's data")
            .handledBy(LibraryQuery.class, LibraryPage.class, this::library),
        write("libraries", "Adds words to a library, or changes their label")
            .handledBy(NewLibraryWords.class, Nothing.class, this::addLibraryWords),
        write("libraries/delete", "Removes words from a library")
            .handledBy(LibraryContents.class, Nothing.class, this::deleteLibraryWords),
        AdminEndpoint.get("/apps/{app}/moderation/reviews", TAG, "A page of the review queue")
            .needs(Permission.MODERATION_READ)
            .recordsNone("names messages and senders, and not what they say")
            .handledBy(ReviewQuery.class, ReviewPage.class, this::reviews),
        AdminEndpoint.post(
                "/apps/{app}/moderation/reviews/{id}/read", TAG, "Shows the message of an entry")
            .needs(Permission.MESSAGES_READ)
            .records("content.search", "content.read")
            .handledBy(ReadReason.class, MessagesApi.ShownMessage.class, this::read),
        AdminEndpoint.post(
                "/apps/{app}/moderation/reviews/{id}/recall",
                TAG,
                "Takes the message of an entry back that was said in a live room")
            .needs(Permission.MESSAGES_RECALL)
            .confirmed()
            .records("message.recall")
            .handledBy(TakingBack.class, Nothing.class, this::recall),
        AdminEndpoint.post(
                "/apps/{app}/moderation/reviews/{id}/decide", TAG, "Decides an open entry")
            .needs(Permission.MODERATION_WRITE)
            .records("message.moderation.decide")
            .handledBy(Decision.class, Nothing.class, this::decide));
  }

  /** What is looked for. */
  public record WordQuery(
      @Meaning("only with this action") Optional<WordAction> action,
      @Meaning("part of the keyword, in any case") @Within(max = 100) Optional<String> part,
      @Meaning("how many to pass over") @Within(max = 10_000) Optional<Integer> offset,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 200) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of the app's own list.")
  public record WordPage(
      @Meaning("by id") List<ListedWord> words,
      @Meaning("words in all") int totalWords,
      @Meaning("expressions in all") int totalExpressions,
      @Meaning("found in all") int found) {}

  /** A word. */
  @Meaning("An entry of the app's own list.")
  public record ListedWord(
      @Meaning("number") long id,
      @Meaning("word or expression") String keyword,
      @Meaning("how it is matched") WordKind kind,
      @Meaning("what a hit does") WordAction action,
      @Meaning("what a hit gives way to") String replacement,
      @Meaning("last change") Instant updatedAt) {}

  /** Words. */
  public record NewWords(
      @Meaning("at most 50 at once") @Within(min = 1, max = 50) List<NewWord> words) {}

  /** A word. */
  public record NewWord(
      @Meaning("word or expression") @Within(min = 1, max = 256) String keyword,
      @Meaning("how it is matched") WordKind kind,
      @Meaning("what a hit does") WordAction action,
      @Meaning("what a hit gives way to; *** unless given") @Within(max = 85)
          Optional<String> replacement) {}

  /** Which words. */
  public record WordIds(@Meaning("numbers") @Within(min = 1, max = 200) List<Long> ids) {}

  /** What is looked for. */
  public record LibraryQuery(
      @Meaning("which library") Library library,
      @Meaning("part of the word, in any case") @Within(max = 100) Optional<String> part,
      @Meaning("how many to pass over") @Within(max = 10_000) Optional<Integer> offset,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 200) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of a library.")
  public record LibraryPage(
      @Meaning("by id") List<ListedLibraryWord> words, @Meaning("found in all") int found) {}

  /** A word. */
  @Meaning("A word of a library.")
  public record ListedLibraryWord(
      @Meaning("number") long id,
      @Meaning("word") String content,
      @Meaning("what is wrong with it") Label label,
      @Meaning("since when") Instant createdAt) {}

  /** Words. */
  public record NewLibraryWords(
      @Meaning("which library") Library library,
      @Meaning("what is wrong with them") Label label,
      @Meaning("at most 50 at once") @Within(min = 1, max = 50, each = 100) List<String> words) {}

  /** Which words. */
  public record LibraryContents(
      @Meaning("which library") Library library,
      @Meaning("words") @Within(min = 1, max = 200, each = 100) List<String> words) {}

  /** What is looked for. */
  public record ReviewQuery(
      @Meaning("open unless given") Optional<Review.State> state,
      @Meaning("number of the last one of the page before") @Within(max = Long.MAX_VALUE)
          Optional<Long> after,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 200) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of the review queue.")
  public record ReviewPage(@Meaning("oldest first") List<ListedReview> reviews) {}

  /** An entry. */
  @Meaning("A message somebody should look at; what it says is read apart, on record.")
  public record ListedReview(
      @Meaning("number") long id,
      @Meaning("UserID of the sender; absent when it is gone") Optional<String> sender,
      @Meaning("number of the conversation") long conversation,
      @Meaning("GroupID of the live room it was said in, which stores nothing; else absent")
          Optional<String> room,
      @Meaning("sequence in it") long seq,
      @Meaning("since when") Instant createdAt,
      @Meaning("what has become of it") Review.State state,
      @Meaning("when it was decided") Optional<Instant> decidedAt) {}

  /** Why. */
  public record ReadReason(
      @Meaning("why it must be read; goes on record") @Within(min = 5, max = 200) String reason) {}

  /** What the room is told. */
  public record TakingBack(
      @Meaning("shown to those in the room") @Within(max = 100) Optional<String> reason) {}

  /** A decision. */
  public record Decision(@Meaning("accepted or rejected") Review.State state) {}

  private static AdminEndpoint.Builder write(String name, String meaning) {
    return AdminEndpoint.post("/apps/{app}/moderation/" + name, TAG, meaning)
        .needs(Permission.MODERATION_WRITE)
        .records("config.moderation.set");
  }

  private WordPage words(AdminCall call, WordQuery in) {
    LocalWord.Page page =
        words.page(
            call.app(),
            new LocalWord.Query(
                in.action(), in.part().orElse(""), in.offset().orElse(0), in.limit().orElse(50)));
    return new WordPage(
        page.words().stream()
            .map(
                each ->
                    new ListedWord(
                        each.id(),
                        each.keyword(),
                        each.kind(),
                        each.action(),
                        each.replacement(),
                        each.updatedAt()))
            .toList(),
        page.all().words(),
        page.all().expressions(),
        page.found().words() + page.found().expressions());
  }

  private Nothing addWords(AdminCall call, NewWords in) {
    words.put(
        call.app(),
        in.words().stream()
            .map(
                each ->
                    new LocalWordService.Given(
                        each.keyword(),
                        each.kind(),
                        each.action(),
                        each.replacement().orElse(LocalWord.DEFAULT_REPLACEMENT)))
            .toList(),
        call.cause());
    return Nothing.NOTHING;
  }

  private Nothing deleteWords(AdminCall call, WordIds in) {
    words.delete(
        call.app(),
        in.ids().stream()
            .map(id -> new LocalWord.Name(OptionalLong.of(id), "", WordKind.WORD))
            .toList(),
        call.cause());
    return Nothing.NOTHING;
  }

  private LibraryPage library(AdminCall call, LibraryQuery in) {
    LibraryService.Page page =
        libraries.page(
            call.app(),
            in.library(),
            in.part().orElse(""),
            in.offset().orElse(0),
            in.limit().orElse(50));
    return new LibraryPage(page.words().stream().map(ModerationApi::listed).toList(), page.total());
  }

  private static ListedLibraryWord listed(LibraryWord word) {
    return new ListedLibraryWord(word.id(), word.content(), word.label(), word.createdAt());
  }

  private Nothing addLibraryWords(AdminCall call, NewLibraryWords in) {
    Map<String, Label> labelled = new LinkedHashMap<>();
    in.words().forEach(word -> labelled.put(word, in.label()));
    libraries.put(call.app(), in.library(), labelled, call.cause());
    return Nothing.NOTHING;
  }

  private Nothing deleteLibraryWords(AdminCall call, LibraryContents in) {
    var _ = libraries.delete(call.app(), in.library(), in.words(), call.cause());
    return Nothing.NOTHING;
  }

  private ReviewPage reviews(AdminCall call, ReviewQuery in) {
    List<Review> page =
        reviews.page(
            call.app(),
            in.state().orElse(Review.State.OPEN),
            in.after().orElse(0L),
            in.limit().orElse(50));
    Map<Long, Account> senders =
        accounts.findByIds(call.app(), page.stream().map(Review::senderId).distinct().toList());
    Map<Long, String> rooms =
        groups.ids(
            call.app(),
            page.stream()
                .filter(each -> each.roomKey().isPresent())
                .map(Review::conversationId)
                .distinct()
                .toList());
    return new ReviewPage(
        page.stream()
            .map(
                each ->
                    new ListedReview(
                        each.id(),
                        Optional.ofNullable(senders.get(each.senderId())).map(Account::userId),
                        each.conversationId(),
                        Optional.ofNullable(rooms.get(each.conversationId())),
                        each.seq(),
                        each.createdAt(),
                        each.state(),
                        each.decidedAt()))
            .toList());
  }

  private MessagesApi.ShownMessage read(AdminCall call, ReadReason in) {
    Review review = review(call.app(), call.id());
    regions
        .of(call.app())
        .inUnitOfWork(
            unit -> {
              unit.record(
                  call.cause()
                      .event("content.search", Outcome.INTENT, List.of())
                      .withChange(Map.of("reason", in.reason())));
              return null;
            });
    StoredMessage message =
        messages
            .marked(call.app(), review, call.cause())
            .orElseThrow(() -> AdminException.of(Refusal.NOT_FOUND));
    Optional<Account> sender =
        Optional.ofNullable(
            accounts.findByIds(call.app(), List.of(review.senderId())).get(review.senderId()));
    return MessagesApi.shown(message, sender.map(Account::userId).orElse(""));
  }

  /** Stored messages are taken back where they stand; a room's are known by their entry alone. */
  private Nothing recall(AdminCall call, TakingBack in) {
    Review review = review(call.app(), call.id());
    MsgKey key =
        review
            .roomKey()
            .flatMap(MsgKey::parse)
            .orElseThrow(() -> AdminException.of(Refusal.NOT_FOUND));
    String groupId =
        Optional.ofNullable(
                groups
                    .ids(call.app(), List.of(review.conversationId()))
                    .get(review.conversationId()))
            .orElseThrow(() -> AdminException.of(Refusal.NOT_FOUND));
    Group room = groups.get(call.app(), groupId).group();
    Account operator = operators.of(call);
    regions
        .of(call.app())
        .inUnitOfWork(
            unit -> {
              unit.record(
                  call.cause()
                      .event("message.recall", new Target("conversation", Long.toString(room.id())))
                      .withChange(Map.of("msgKey", key.toString())));
              return null;
            });
    rooms.takeBack(call.app(), room, operator, key, in.reason(), call.cause().origin());
    return Nothing.NOTHING;
  }

  private Nothing decide(AdminCall call, Decision in) {
    if (in.state() == Review.State.OPEN) {
      throw AdminException.invalid("state", Fault.NOT_ALLOWED, Reason.DECISION);
    }
    if (!reviews.decide(call.app(), call.id(), in.state(), call.cause())) {
      throw AdminException.of(Refusal.NOT_FOUND);
    }
    return Nothing.NOTHING;
  }

  private Review review(App app, long id) {
    return reviews.find(app, id).orElseThrow(() -> AdminException.of(Refusal.NOT_FOUND));
  }
}
