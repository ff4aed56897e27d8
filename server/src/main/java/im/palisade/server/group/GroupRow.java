package im.palisade.server.group;

/** A group and its numbers at the same moment. */
public record GroupRow(Group group, GroupNumbers numbers) {}
