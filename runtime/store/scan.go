package store

import "fmt"

// Columns are read into these types: sql.NullString and its kind convert each value by
// reflection, which takes longer than SQLite takes to read it.
type (
	// integer is a number; 0 for NULL.
	integer int64
	// text is a string; empty for NULL.
	text string
)

// Scan implements sql.Scanner.
func (i *integer) Scan(value any) error {
	switch v := value.(type) {
	case int64:
		*i = integer(v)
	case nil:
		*i = 0
	default:
		return fmt.Errorf("%w: %T instead of a number", ErrDamaged, value)
	}
	return nil
}

// Scan implements sql.Scanner.
func (t *text) Scan(value any) error {
	switch v := value.(type) {
	case string:
		*t = text(v)
	case nil:
		*t = ""
	default:
		return fmt.Errorf("%w: %T instead of a text", ErrDamaged, value)
	}
	return nil
}
