// Package pod asks a session for what the dashboard's pages show. It makes calls of the
// gateway's own API, as the person who looks at the pages, and so with no more rights
// than that person has. What it reads is limited in bytes and time, and what may have
// been sent is never sent again.
package pod
