package im.palisade.server.group;

/**
 * Members of a community with rights of their own.
 *
 * @param id internal
 * @param permission community bits of {@link Permit}
 * @param createTime UNIX seconds
 */
public record PermissionGroup(
    long id,
    String permissionId,
    String name,
    long permission,
    String customString,
    long createTime,
    int members) {}
