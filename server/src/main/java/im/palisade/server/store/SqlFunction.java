package im.palisade.server.store;

import java.sql.SQLException;

/** Work on a connection or a unit of work. */
@FunctionalInterface
public interface SqlFunction<A, R> {
  R apply(A argument) throws SQLException;
}
