// Package dashboard is the web page for people, served under /dashboard/ by the
// gateway. It is a client of the gateway's API like any other: what it does, it does by
// calls of the API, made inside the process with the key or token that the visitor
// logged in with. So it has no rights of its own, and each change is in the audit log.
//
// # Adding a page
//
//  1. routes.go: a row with the method, the path and the handler. Below
//     /sessions/{namespace}/{name}/ a page belongs to one session; tabs.go has the row
//     of tabs that leads to it.
//  2. <page>.go: the handler, a method of Dashboard that is given a visit. visit.session
//     finds the session of the path if the visitor may know of it, visit.call makes a
//     call of the API (session.api is its path). What a page asks a session's pod is in
//     the room pod. Errors are returned: those of the API are shown as they are, others
//     are logged.
//  3. templates/<page>.html: it defines "title" and "main", and is shown by
//     visit.show(status, "<page>", data): data is .Data, and .CSRF goes into each form
//     that works without scripts, by {{template "csrf" .}}. A template that is named
//     "part-…" can be shown alone, by visit.part("<page>", "part-…", data).
//  4. A page that is live has an element with data-live, the path of a stream of
//     events. Its handler calls visit.stream, and sends parts: elements with ids that
//     replace those on the page (assets/live.js).
//
// Nothing in a template or a script may need inline scripts or styles: the policy
// forbids both. Text of others is escaped by html/template; a script sets it as
// textContent, never as innerHTML. Forms are never replaced by a live part, and those
// with data-keep get back what was typed after a reload.
package dashboard
