/** The calls behind the console's pages; the rules stay in the features these ask. */
package im.palisade.server.admin.page;
