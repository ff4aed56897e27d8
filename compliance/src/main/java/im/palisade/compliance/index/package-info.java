/**
 * The query index over an audit log: derived from the log's entries, never needed to prove
 * anything, made anew from the files at any time. It holds nothing but what entries say, and of
 * that only what is searched by; side records never reach it, so there is nothing in it to erase.
 */
package im.palisade.compliance.index;
