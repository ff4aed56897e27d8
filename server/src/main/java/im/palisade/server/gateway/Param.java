package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A declared field of a command's data: its name, its type, whether it must be there, the code each
 * fault is answered with, and what it means. Features declare their fields as constants and list
 * them in the {@link Command}; the gateway reads all of them before the command is asked, and the
 * reference is generated from them. Unlike REST's fields they are strict: a number is a number.
 *
 * <p>Params are immutable; every method that changes something returns another one. Where no code
 * is declared the command's holds.
 */
public final class Param<T> {
  /** Largest unsigned 32-bit integer. */
  public static final long U32_MAX = 0xFFFF_FFFFL;

  /** No limit but that of a frame. */
  public static final int ANY_LENGTH = 1 << 16;

  private final String name;
  private final ParamType<T> type;
  private final boolean required;
  private final Optional<T> defaultValue;
  private final Optional<Wrong> whenAbsent;
  private final Optional<Wrong> whenWrong;
  private final Optional<Wrong> whenTooMany;
  private final String meaning;

  private Param(
      String name,
      ParamType<T> type,
      boolean required,
      Optional<T> defaultValue,
      Optional<Wrong> whenAbsent,
      Optional<Wrong> whenWrong,
      Optional<Wrong> whenTooMany,
      String meaning) {
    this.name = name;
    this.type = type;
    this.required = required;
    this.defaultValue = defaultValue;
    this.whenAbsent = whenAbsent;
    this.whenWrong = whenWrong;
    this.whenTooMany = whenTooMany;
    this.meaning = meaning;
  }

  /** A field of any type, optional and without default. */
  public static <T> Param<T> of(String name, ParamType<T> type, String meaning) {
    return new Param<>(
        name,
        type,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        meaning);
  }

  /** A text of at most so many UTF-8 bytes; may be empty. */
  public static Param<String> text(String name, int maxBytes, String meaning) {
    return of(name, new ParamType.Text(0, maxBytes), meaning);
  }

  /** A text of at least one byte. */
  public static Param<String> id(String name, String meaning) {
    return of(name, new ParamType.Text(1, ANY_LENGTH), meaning);
  }

  /** One of these words. */
  public static Param<String> word(String name, List<String> words, String meaning) {
    return of(name, new ParamType.Word(words), meaning);
  }

  /** An integer within bounds, both inclusive. */
  public static Param<Long> number(String name, long min, long max, String meaning) {
    return of(name, new ParamType.Whole(min, max), meaning);
  }

  /** An unsigned 32-bit integer. */
  public static Param<Long> u32(String name, String meaning) {
    return number(name, 0, U32_MAX, meaning);
  }

  /** How many items of a page; more than the most counts as the most. */
  public static Param<Integer> limit(int usual, int most) {
    return of("limit", new ParamType.Limit(most), "items of a page").defaultsTo(usual);
  }

  /** A boolean. */
  public static Param<Boolean> flag(String name, String meaning) {
    return of(name, new ParamType.Flag(), meaning);
  }

  /** An array of texts. */
  public static Param<List<String>> texts(
      String name, int min, int max, int maxBytes, String meaning) {
    return of(name, new ParamType.ListOf<>(new ParamType.Text(0, maxBytes), min, max), meaning);
  }

  /** An array of ids. */
  public static Param<List<String>> ids(String name, int min, int max, String meaning) {
    return texts(name, min, max, ANY_LENGTH, meaning);
  }

  /** An array of unsigned 32-bit integers. */
  public static Param<List<Long>> numbers(String name, int min, int max, String meaning) {
    return of(name, new ParamType.ListOf<>(new ParamType.Whole(0, U32_MAX), min, max), meaning);
  }

  /** An object whose values are texts. */
  public static Param<Map<String, String>> pairs(String name, String meaning) {
    return of(name, new ParamType.MapOf<>(new ParamType.Text(0, ANY_LENGTH)), meaning);
  }

  /** An object whose values are 64-bit integers. */
  public static Param<Map<String, Long>> counts(String name, String meaning) {
    return of(
        name, new ParamType.MapOf<>(new ParamType.Whole(Long.MIN_VALUE, Long.MAX_VALUE)), meaning);
  }

  /** An array of objects with these fields. */
  public static Param<List<Params>> objects(
      String name, int min, int max, List<Param<?>> fields, String meaning) {
    return of(name, new ParamType.ListOf<>(new ParamType.Nested(fields), min, max), meaning);
  }

  /**
   * Any JSON value but null; the command looks at it itself.
   *
   * @param shape what it should be, for the reference
   */
  public static Param<JsonNode> raw(String name, String shape, String meaning) {
    return of(name, new ParamType.Raw(shape), meaning);
  }

  /** The field must be there. */
  public Param<T> required() {
    return copy(true, Optional.empty(), whenAbsent, whenWrong, whenTooMany);
  }

  /** The field must be there; what is absent gets this code. */
  public Param<T> required(ErrorCode code) {
    return copy(true, Optional.empty(), Optional.of(Wrong.of(code)), whenWrong, whenTooMany);
  }

  /** What an absent field counts as. */
  public Param<T> defaultsTo(T value) {
    return copy(false, Optional.of(value), whenAbsent, whenWrong, whenTooMany);
  }

  /** The code of a value that is wrong in any way, and of one that is absent. */
  public Param<T> whenWrong(ErrorCode code) {
    return whenWrong(Wrong.of(code));
  }

  /** The code of a value that is wrong in any way, and of one that is absent. */
  public Param<T> whenWrong(Wrong codes) {
    return copy(required, defaultValue, whenAbsent, Optional.of(codes), whenTooMany);
  }

  /** The code of an array with too many elements. */
  public Param<T> whenTooMany(ErrorCode code) {
    return copy(required, defaultValue, whenAbsent, whenWrong, Optional.of(Wrong.of(code)));
  }

  /** The name on the wire. */
  public String name() {
    return name;
  }

  /** What it may hold. */
  public ParamType<T> type() {
    return type;
  }

  /** Whether the command is refused without it. */
  public boolean isRequired() {
    return required;
  }

  /** What an absent one counts as. */
  public Optional<T> defaultValue() {
    return defaultValue;
  }

  /** What it means, for the reference. */
  public String meaning() {
    return meaning;
  }

  /** The codes of a fault. */
  public Wrong codes(ParamType.Fault fault, Wrong ofCommand) {
    return switch (fault) {
      case ABSENT -> whenAbsent.or(() -> whenWrong).orElse(ofCommand);
      case WRONG -> whenWrong.orElse(ofCommand);
      case TOO_MANY -> whenTooMany.or(() -> whenWrong).orElse(ofCommand);
    };
  }

  /**
   * The value, the default, or empty when there is neither and none is needed.
   *
   * @param grouped whether the codes of groups hold
   * @throws ImException with the code of whatever is wrong
   */
  Optional<T> read(ObjectNode in, Wrong ofCommand, boolean grouped) {
    JsonNode node = in.get(name);
    if (node == null || node.isNull()) {
      if (required) {
        throw new ImException(
            codes(ParamType.Fault.ABSENT, ofCommand).code(grouped), name + " is missing");
      }
      return defaultValue;
    }
    try {
      return Optional.of(type.read(node, ofCommand, grouped));
    } catch (ParamType.Misfit misfit) {
      throw new ImException(
          codes(misfit.fault(), ofCommand).code(grouped), name + " " + misfit.getMessage());
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private Param<T> copy(
      boolean needed,
      Optional<T> otherwise,
      Optional<Wrong> absent,
      Optional<Wrong> wrong,
      Optional<Wrong> tooMany) {
    return new Param<>(name, type, needed, otherwise, absent, wrong, tooMany, meaning);
  }
}
