package im.palisade.server.moderation;

import im.palisade.server.app.App;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The parts of this feature, put together. */
public final class ModerationFeature {
  private final TextModeration texts;
  private final ReviewService reviews;
  private final LocalWordService localWords;
  private final LibraryService libraries;
  private final List<Endpoint> endpoints = new ArrayList<>();

  /** Without a service of the apps' own. */
  public ModerationFeature(Regions regions, Clock clock) {
    this(
        regions,
        (app, policy, text) -> Judgement.HARMLESS,
        ModerationHook.NONE,
        UnaryOperator.identity(),
        clock);
  }

  /**
   * The feature.
   *
   * @param external judges for apps that have a service of their own
   * @param hook hears what is found
   * @param current the app as its settings are now
   */
  public ModerationFeature(
      Regions regions,
      ContentJudge external,
      ModerationHook hook,
      UnaryOperator<App> current,
      Clock clock) {
    localWords = new LocalWordService(regions, clock);
    libraries = new LibraryService(regions, clock);
    ContentJudge judge =
        (app, policy, text) ->
            switch (current.apply(app).settings().moderation().provider()) {
              case WEBHOOK -> external.judge(app, policy, text);
              case KEYWORDS, NONE -> libraries.judge(app, policy, text);
            };
    texts = new TextModeration(localWords, judge, hook, current);
    reviews = new ReviewService(regions, clock);
    endpoints.addAll(new ContentRestApi(judge).endpoints());
    endpoints.addAll(new LocalWordRestApi(localWords).endpoints());
    endpoints.addAll(new LibraryRestApi(libraries).endpoints());
    endpoints.addAll(new DirtyWordRestApi(localWords).endpoints());
  }

  /** What features do with texts users write. */
  public TextModeration texts() {
    return texts;
  }

  /** Messages somebody should look at. */
  public ReviewService reviews() {
    return reviews;
  }

  /** The apps' own lists. */
  public LocalWordService localWords() {
    return localWords;
  }

  /** Libraries of the built-in provider. */
  public LibraryService libraries() {
    return libraries;
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }
}
