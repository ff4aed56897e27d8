package im.palisade.server.file;

/**
 * A file that was uploaded.
 *
 * @param uuid 32 hexadecimal digits
 * @param extension of the original, may be empty
 * @param banned whether its normal URLs are refused
 */
record StoredFile(long id, String uuid, String extension, boolean banned) {}
