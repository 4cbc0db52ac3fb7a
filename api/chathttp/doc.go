// Package chathttp is what a session's own API and the gateway have in common in how
// they speak HTTP: where a request carries its credentials, how paths are routed, what
// every answer carries, and Wawp's errors. Both doors behave alike by sharing it.
package chathttp
