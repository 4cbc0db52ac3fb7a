// Package archive is the auto-archive engine. It decides from the domain alone
// which chats a policy archives and which groups it leaves, and acts through
// interfaces: Chats is what it reads, Journal what it writes down, Account what
// it does to WhatsApp.
//
// A decision is pure: the same rules, chats and time give the same plan. A run
// writes its plan down before it acts, so that an interrupted run is resumed
// and nothing is done twice.
package archive
