package im.palisade.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A declared field of a request body: its names, its shape, whether it must be there, the code each
 * fault is answered with, and what it means. Features declare their fields as constants, list them
 * in the {@link Endpoint} and read them with {@link RestCall#get} and {@link RestCall#find}, so
 * that the reference is generated from the very thing that reads.
 *
 * <p>Fields are immutable; every method that changes something returns another field. Where no code
 * is declared the family's holds, and 60015 for an account that is not a string.
 */
public final class Field<T> {
  /** Largest unsigned 32-bit integer. */
  public static final long U32_MAX = 0xFFFF_FFFFL;

  private final List<String> names;
  private final Shape<T> shape;
  private final boolean required;
  private final Optional<T> defaultValue;
  private final Codes codes;
  private final String meaning;

  /** The codes declared for each fault. */
  private record Codes(
      Optional<ErrorCode> absent,
      Optional<ErrorCode> type,
      Optional<ErrorCode> range,
      Optional<ErrorCode> count) {
    static final Codes NONE =
        new Codes(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    ErrorCode of(Shape.Fault fault, Family family) {
      return switch (fault) {
        case TYPE -> type.orElse(family.invalidField());
        case ACCOUNT -> type.orElse(ErrorCode.ACCOUNT_WRONG_TYPE);
        case RANGE -> range.orElse(family.invalidField());
        case COUNT -> count.or(() -> range).orElse(family.invalidField());
      };
    }
  }

  private Field(
      List<String> names,
      Shape<T> shape,
      boolean required,
      Optional<T> defaultValue,
      Codes codes,
      String meaning) {
    this.names = names;
    this.shape = shape;
    this.required = required;
    this.defaultValue = defaultValue;
    this.codes = codes;
    this.meaning = meaning;
  }

  /** A field of any shape, optional and without default. */
  public static <T> Field<T> of(String name, Shape<T> shape, String meaning) {
    return new Field<>(List.of(name), shape, false, Optional.empty(), Codes.NONE, meaning);
  }

  /** A text of at most so many UTF-8 bytes; may be empty. */
  public static Field<String> text(String name, int maxBytes, String meaning) {
    return of(name, new Shape.Text(0, maxBytes), meaning);
  }

  /** One of these words. */
  public static Field<String> word(String name, List<String> words, String meaning) {
    return of(name, new Shape.Word(words), meaning);
  }

  /** A well-formed UserID. */
  public static Field<String> userId(String name, String meaning) {
    return of(name, new Shape.UserId(), meaning);
  }

  /** An account that fails as an item when it is not well-formed or does not exist. */
  public static Field<String> named(String name, String meaning) {
    return of(name, new Shape.Named(), meaning);
  }

  /** Accounts that fail as items when they are not well-formed or do not exist. */
  public static Field<List<String>> namedAccounts(String name, int min, int max, String meaning) {
    return list(name, new Shape.Named(), min, max, meaning);
  }

  /** Well-formed UserIDs. */
  public static Field<List<String>> userIds(String name, int min, int max, String meaning) {
    return list(name, new Shape.UserId(), min, max, meaning);
  }

  /** An unsigned 32-bit integer; a string that holds one counts unless {@link #strict}. */
  public static Field<Long> u32(String name, String meaning) {
    return of(name, new Shape.Whole(0, U32_MAX, false), meaning);
  }

  /** A 64-bit integer; a string that holds one counts unless {@link #strict}. */
  public static Field<Long> whole(String name, long min, long max, String meaning) {
    return of(name, new Shape.Whole(min, max, false), meaning);
  }

  /** A 31-bit integer; a string that holds one counts unless {@link #strict}. */
  public static Field<Integer> integer(String name, int min, int max, String meaning) {
    return of(name, new Shape.Int(min, max, false), meaning);
  }

  /** 0 or 1. */
  public static Field<Boolean> flag(String name, String meaning) {
    return of(name, new Shape.Flag(false), meaning);
  }

  /** An array. */
  public static <E> Field<List<E>> list(
      String name, Shape<E> element, int min, int max, String meaning) {
    return of(name, new Shape.ListOf<>(element, min, max, false), meaning);
  }

  /** An array of objects with these fields. */
  public static Field<List<Fields>> objects(
      String name, int min, int max, List<Field<?>> fields, String meaning) {
    return list(name, new Shape.Nested(fields), min, max, meaning);
  }

  /** An object with these fields. */
  public static Field<Fields> object(String name, List<Field<?>> fields, String meaning) {
    return of(name, new Shape.Nested(fields), meaning);
  }

  /** Any JSON value but null; the feature looks at it itself. */
  public static Field<JsonNode> raw(String name, String meaning) {
    return of(name, new Shape.Raw(), meaning);
  }

  /** The field must be there; what is absent gets this code. */
  public Field<T> required(ErrorCode whenAbsent) {
    return new Field<>(
        names,
        shape,
        true,
        Optional.empty(),
        new Codes(Optional.of(whenAbsent), codes.type, codes.range, codes.count),
        meaning);
  }

  /** The field must be there; what is absent gets the family's code. */
  public Field<T> required() {
    return new Field<>(names, shape, true, Optional.empty(), codes, meaning);
  }

  /** What an absent field counts as. */
  public Field<T> defaultsTo(T value) {
    return new Field<>(names, shape, false, Optional.of(value), codes, meaning);
  }

  /** Another spelling old clients send; the first name wins when both are present. */
  public Field<T> alias(String name) {
    List<String> more = new ArrayList<>(names);
    more.add(name);
    return new Field<>(List.copyOf(more), shape, required, defaultValue, codes, meaning);
  }

  /** The code of a value of the wrong type. */
  public Field<T> whenWrongType(ErrorCode code) {
    return with(new Codes(codes.absent, Optional.of(code), codes.range, codes.count));
  }

  /** The code of a value that is too long, too large, or none of those allowed. */
  public Field<T> whenOutOfRange(ErrorCode code) {
    return with(new Codes(codes.absent, codes.type, Optional.of(code), codes.count));
  }

  /** The code of an array with too few or too many elements; else that of out of range. */
  public Field<T> whenTooMany(ErrorCode code) {
    return with(new Codes(codes.absent, codes.type, codes.range, Optional.of(code)));
  }

  /** One code for everything that can be wrong. */
  public Field<T> whenWrong(ErrorCode code) {
    Optional<ErrorCode> all = Optional.of(code);
    return with(new Codes(all, all, all, all));
  }

  /** A string that holds a number is not taken for one. */
  @SuppressWarnings("unchecked")
  public Field<T> strict() {
    Shape<?> stricter =
        switch (shape) {
          case Shape.Whole s -> new Shape.Whole(s.min(), s.max(), true);
          case Shape.Int s -> new Shape.Int(s.min(), s.max(), true);
          case Shape.Flag _ -> new Shape.Flag(true);
          case Shape.Text _,
              Shape.Word _,
              Shape.UserId _,
              Shape.Named _,
              Shape.ListOf<?> _,
              Shape.Nested _,
              Shape.Raw _ ->
              throw new IllegalStateException(name() + " holds no number");
        };
    return shaped((Shape<T>) stricter);
  }

  /** A value that is not an array stands for an array of one. */
  @SuppressWarnings("unchecked")
  public Field<T> orOne() {
    if (shape instanceof Shape.ListOf<?> list) {
      return shaped((Shape<T>) new Shape.ListOf<>(list.element(), list.min(), list.max(), true));
    }
    throw new IllegalStateException(name() + " is no list");
  }

  /** The name in the reference. */
  public String name() {
    return names.getFirst();
  }

  /** Every spelling that is understood, the name first. */
  public List<String> names() {
    return names;
  }

  /** What it may hold. */
  public Shape<T> shape() {
    return shape;
  }

  /** Whether the call fails without it. */
  public boolean isRequired() {
    return required;
  }

  /** What an absent field counts as. */
  public Optional<T> defaultValue() {
    return defaultValue;
  }

  /** What it means, for the reference. */
  public String meaning() {
    return meaning;
  }

  /** The code a fault of the value is answered with. */
  ErrorCode code(Shape.Fault fault, Family family) {
    return codes.of(fault, family);
  }

  /** The code a call is answered with when it must have the field and has not. */
  ErrorCode codeWhenAbsent(Family family) {
    return codes.absent.orElse(family.invalidField());
  }

  /** The value, the default, or empty when there is neither. */
  Optional<T> find(ObjectNode in, Family family) {
    for (String name : names) {
      JsonNode node = in.get(name);
      if (node != null && !node.isNull()) {
        try {
          return Optional.of(shape.read(node, family));
        } catch (Shape.Misfit misfit) {
          throw new ImException(codes.of(misfit.fault(), family), name + " " + misfit.getMessage());
        }
      }
    }
    return defaultValue;
  }

  /** The value or the default; when there is neither, the refusal declared for that. */
  T get(ObjectNode in, Family family) {
    return find(in, family)
        .orElseThrow(() -> new ImException(codeWhenAbsent(family), name() + " is missing"));
  }

  @Override
  public String toString() {
    return name();
  }

  private Field<T> with(Codes changed) {
    return new Field<>(names, shape, required, defaultValue, changed, meaning);
  }

  private Field<T> shaped(Shape<T> changed) {
    return new Field<>(names, changed, required, defaultValue, codes, meaning);
  }
}
