package im.palisade.compliance.verify;

import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.LeafScan.View;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Where entries and hash tiles say different things, and which of them was signed.
 *
 * @param view the one that a signature confirms
 */
record Disagreements(EpochFiles epoch, LeafScan scan, View view, Findings findings) {

  /** Names what differs from the view that was signed; returns the entries that are not signed. */
  List<Span> changed(long good) {
    List<Span> changed = new ArrayList<>();
    for (LeafScan.Disagreement each : scan.disagreements().values()) {
      BundleCheck.Checked bundle = each.bundle();
      long first = bundle.n() * TilePath.WIDTH;
      if (first >= good) {
        continue; // Nobody can tell which is right.
      }
      boolean tileRight = tileIsSigned(bundle, each.mismatch());
      boolean entriesRight = !tileRight && entriesAreSigned(bundle);
      if (tileRight) {
        each.mismatch().differing().stream()
            .forEach(
                i -> {
                  findings.add(each.mismatch().shift(), bundle.file(), Span.at(first + i), "");
                  changed.add(Span.at(first + i));
                });
      } else if (entriesRight) {
        findings.add(
            Kind.TILE_DAMAGED,
            epoch.path(TilePath.tile(0, bundle.n(), bundle.count())),
            new Span(first, first + bundle.count()),
            "");
      } else {
        Span span = new Span(first, first + bundle.count());
        boolean there = !bundle.present().isEmpty();
        findings.add(
            Kind.BUNDLE_CHANGED,
            there ? bundle.file() : epoch.path(TilePath.tile(0, bundle.n(), bundle.count())),
            span,
            there ? "its hash tile was changed too" : "the hashes of entries that are not there");
        changed.add(span);
      }
    }
    return changed;
  }

  private boolean tileIsSigned(BundleCheck.Checked bundle, BundleCheck.Mismatch mismatch) {
    return switch (view) {
      case ENTRIES -> false;
      case TILES -> true;
      case ABOVE_TILES, ABOVE_ENTRIES ->
          bundle.above().isPresent()
              ? MessageDigest.isEqual(bundle.above().get(), BundleCheck.root(mismatch.tile()))
              : view == View.ABOVE_TILES;
    };
  }

  private boolean entriesAreSigned(BundleCheck.Checked bundle) {
    return switch (view) {
      case ENTRIES -> true;
      case TILES -> false;
      case ABOVE_TILES, ABOVE_ENTRIES ->
          bundle.above().isPresent()
              ? MessageDigest.isEqual(bundle.above().get(), BundleCheck.root(bundle.hashes()))
              : view == View.ABOVE_ENTRIES;
    };
  }
}
