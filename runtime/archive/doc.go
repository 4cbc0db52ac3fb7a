// Package archive is the auto-archive engine. It decides which chats a policy
// archives and which groups it leaves. It reads through Chats, records runs in
// Journal, and acts through Account.
//
// Decisions are pure: the same rules, chats and time give the same plan. A run stores
// its plan before it acts, so that an interrupted run is resumed and nothing is done
// twice.
package archive
