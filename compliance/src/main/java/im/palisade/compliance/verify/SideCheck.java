package im.palisade.compliance.verify;

import im.palisade.compliance.file.ReadableFiles;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.WriterState;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.side.SideRecords;
import im.palisade.compliance.side.SubjectKeys;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** Looks at what is not part of any proof: side records, persons' keys, the writer's own files. */
final class SideCheck {
  private static final Set<String> FOLDERS =
      Set.of(
          "checkpoint",
          "checkpoints",
          "tile",
          "digest",
          "keys",
          "minimum",
          "anchors",
          "journal",
          "objects",
          "side");

  private final ReadableFiles files;
  private final Findings findings;

  SideCheck(ReadableFiles files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  /** Files beside the epochs. */
  void top() throws IOException {
    for (String name : files.list("")) {
      if (name.equals("subjects")) {
        byte[] slots = files.read(name).orElse(new byte[0]);
        for (long at : SubjectKeys.damage(slots)) {
          findings.add(Kind.SIDE_DAMAGED, name, "the slot at byte " + at);
        }
      } else if (name.equals("writer")) {
        writer();
      } else if (!name.matches("[1-9][0-9]{0,8}")) {
        findings.add(Kind.UNKNOWN_FILE, name, "");
      }
    }
  }

  private void writer() throws IOException {
    for (String name : files.list("writer")) {
      String path = "writer/" + name;
      String text =
          files.read(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
      if (name.equals("fence") && !text.matches("[1-9][0-9]{0,17}")) {
        findings.add(Kind.WRITER_FILE_DAMAGED, path, "not a fencing number");
      } else if (!name.equals("fence")
          && !name.equals("lock")
          && !name.startsWith("state-")
          && !name.endsWith(".new")) {
        findings.add(Kind.UNKNOWN_FILE, path, "");
      }
    }
  }

  /** Side records of an epoch, the writer's state of it, and what is foreign in its folder. */
  void epoch(EpochFiles epoch) throws IOException {
    for (String name : epoch.list("")) {
      if (!FOLDERS.contains(name)) {
        findings.add(Kind.UNKNOWN_FILE, epoch.path(name), "");
      }
    }
    for (String day : epoch.list("side")) {
      for (String name : epoch.list("side/" + day)) {
        String path = "side/" + day + "/" + name;
        SideRecords.Damage damage = SideRecords.damage(epoch.read(path).orElse(new byte[0]));
        if (damage.broken().isPresent()) {
          findings.add(
              Kind.SIDE_DAMAGED, epoch.path(path), "at byte " + damage.broken().getAsLong());
        } else if (damage.torn().isPresent()) {
          findings.add(Kind.TORN_TAIL, epoch.path(path), "at byte " + damage.torn().getAsLong());
        }
      }
    }
    for (String name : epoch.list("objects")) {
      byte[] object = epoch.read("objects/" + name).orElse(new byte[0]);
      if (!HexFormat.of().formatHex(MerkleHash.sha256(object)).equals(name)) {
        findings.add(Kind.OBJECT_CHANGED, epoch.path("objects/" + name), "");
      }
    }
    String state = "writer/state-" + epoch.epoch();
    Optional<byte[]> bytes = files.read(state);
    if (bytes.isPresent() && !WriterState.isSound(bytes.get())) {
      findings.add(Kind.WRITER_FILE_DAMAGED, state, "");
    }
  }
}
