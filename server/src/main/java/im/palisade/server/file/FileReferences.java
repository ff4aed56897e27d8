package im.palisade.server.file;

import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.SentListener;
import im.palisade.server.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes which files messages name, so that a file that is forwarded lives on with its new message.
 * Noted in memory and written in batches; what a killed server had noted and not written shortens
 * the life of a file that was forwarded just then to that of its earlier message.
 */
final class FileReferences implements SentListener {
  private static final Logger log = LoggerFactory.getLogger(FileReferences.class);
  private static final byte[] MARK = "/media/".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern NAME = Pattern.compile("/media/(\\d{1,18})-([0-9a-f]{32})");

  private final AppService apps;
  private final FileService files;
  private final Map<Long, Set<String>> used = new ConcurrentHashMap<>();

  FileReferences(AppService apps, FileService files) {
    this.apps = apps;
    this.files = files;
  }

  @Override
  public void sent(OutgoingMessage message) {
    says(message.app().appId(), message.body());
  }

  @Override
  public void says(long appId, MessageBody body) {
    byte[] elements = body.elements();
    if (!mentionsFiles(elements)) {
      return;
    }
    Matcher names = NAME.matcher(new String(elements, StandardCharsets.UTF_8));
    while (names.find()) {
      if (names.group(1).equals(Long.toString(appId))) {
        note(appId, Set.of(names.group(2)));
      }
    }
  }

  /** Writes what was noted. */
  void write() {
    for (Long appId : List.copyOf(used.keySet())) {
      Set<String> noted = used.remove(appId);
      if (noted != null) {
        apps.find(appId).ifPresent(app -> write(app, noted));
      }
    }
  }

  private void write(App app, Set<String> noted) {
    try {
      files.used(app, noted);
    } catch (StoreException e) {
      note(app.appId(), noted);
      log.warn("uses of media files not written, tried again soon", e);
    }
  }

  /** Within compute, so that nothing is added to a set that is being written already. */
  private void note(long appId, Set<String> uuids) {
    used.compute(
        appId,
        (id, before) -> {
          Set<String> noted = before == null ? new HashSet<>() : before;
          noted.addAll(uuids);
          return noted;
        });
  }

  /** Every message passes here, so nothing is decoded for those without a file. */
  private static boolean mentionsFiles(byte[] elements) {
    int last = elements.length - MARK.length;
    for (int at = 0; at <= last; at++) {
      if (elements[at] == '/'
          && Arrays.equals(elements, at, at + MARK.length, MARK, 0, MARK.length)) {
        return true;
      }
    }
    return false;
  }
}
