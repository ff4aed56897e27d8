package im.palisade.server.admin.door;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The bounds of a member of a request, both inclusive: of a number its value, of a text its length
 * in characters, of a list how many elements it has.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Within {
  /** Least. */
  long min() default 0;

  /** Most. */
  long max();

  /** Longest text of a list's element, which is never empty. */
  int each() default 200;
}
