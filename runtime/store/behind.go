package store

import "context"

// appStateBehind is set while the store lacks parts of the app state that an earlier
// version did not read.
const appStateBehind = "app-state-behind"

// AppStateBehind reports whether the app state has to be fetched again from its
// beginning.
func (s *Store) AppStateBehind(ctx context.Context) (behind bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM settings WHERE name = ?)`, appStateBehind).Scan(&behind)
	return behind, classify(err)
}

// CaughtUpAppState records that all of the app state has been fetched again.
func (s *Store) CaughtUpAppState(ctx context.Context) error {
	return s.write(ctx, func(t *txn) error {
		return t.run(`DELETE FROM settings WHERE name = ?`, appStateBehind)
	})
}
