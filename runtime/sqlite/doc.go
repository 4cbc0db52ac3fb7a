// Package sqlite opens SQLite databases for libraries that write their SQL anew
// on each call: each connection keeps its statements compiled.
package sqlite
