package im.palisade.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * One measured value.
 *
 * @param subject what was measured, e.g. {@code pairs} or {@code control pairs}
 * @param target what the value is meant to be, if anything
 */
record Figure(String subject, String name, double value, String unit, Optional<Target> target) {

  /** A bound, inclusive. */
  sealed interface Target {
    record AtMost(double bound) implements Target {}

    record AtLeast(double bound) implements Target {}
  }

  /** A value without a target. */
  static Figure of(String subject, String name, double value, String unit) {
    return new Figure(subject, name, value, unit, Optional.empty());
  }

  Figure atMost(double bound) {
    return new Figure(subject, name, value, unit, Optional.of(new Target.AtMost(bound)));
  }

  Figure atLeast(double bound) {
    return new Figure(subject, name, value, unit, Optional.of(new Target.AtLeast(bound)));
  }

  /** The target as it is printed; empty without one. */
  String targetText() {
    return target
        .map(
            t ->
                switch (t) {
                  case Target.AtMost(double bound) -> "<= " + number(bound);
                  case Target.AtLeast(double bound) -> ">= " + number(bound);
                })
        .orElse("");
  }

  /** Whether the target is met; empty without one. */
  Optional<Boolean> met() {
    return target.map(
        t ->
            switch (t) {
              case Target.AtMost(double bound) -> value <= bound;
              case Target.AtLeast(double bound) -> value >= bound;
            });
  }

  String valueText() {
    return number(value);
  }

  private static String number(double value) {
    String form = Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
