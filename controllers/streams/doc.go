// Package streams owns one status stream for each running session pod and turns
// what arrives into events for the controller. A stream begins when the
// controller says that a pod can be followed and ends with the pod, with the
// session or with the manager. Its cost is one connection and two small
// buffers, so one operator holds thousands.
//
// What a session counts (chats, messages still to import) changes with every
// message: such changes are kept at once and told rarely, so that messages do
// not become writes to the cluster. Everything else is told at once.
package streams
