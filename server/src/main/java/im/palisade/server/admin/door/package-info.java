/**
 * The console's own door: its listener, the declared table of its calls, and how requests and
 * answers are read, written and described.
 */
package im.palisade.server.admin.door;
