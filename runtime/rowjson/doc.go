// Package rowjson writes JSON as encoding/json does, byte for byte, but appends it to
// what is there and looks at a type only once. Rows of lists are encoded with it.
package rowjson
