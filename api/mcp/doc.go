// Package mcp serves the chat API to language models, by the Model Context Protocol. Its
// tools are calls of the API, made inside the process with the caller's own key: what a
// key may do, what is refused and with which sentence is the API's affair alone.
package mcp
