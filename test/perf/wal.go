package main

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// pageCount counts the pages that processes write into the write-ahead logs of
// their databases. It keeps a read transaction open on each, so that no log is
// restarted and loses frames: this makes the count exact.
type pageCount struct {
	dbs  []*sql.DB
	txs  []*sql.Tx
	logs []string
	from []walState
}

// walState is the state of a write-ahead log: the frames of one generation,
// which is identified by its salts.
type walState struct {
	salts  [8]byte
	frames int
}

// countPages starts counting for the databases of a data directory. first must
// cause a write to each of them: a log whose pages are all in its database is
// restarted by the next write, despite any readers, and after that no more.
func countPages(ctx context.Context, dir string, first func() error) (*pageCount, error) {
	c := &pageCount{}
	if err := c.begin(ctx, dir); err != nil {
		return nil, errors.Join(err, c.close())
	}
	if err := first(); err != nil {
		return nil, errors.Join(err, c.close())
	}
	for _, log := range c.logs {
		state, err := readWAL(log)
		if err != nil {
			return nil, errors.Join(err, c.close())
		}
		c.from = append(c.from, state)
	}
	return c, nil
}

func (c *pageCount) begin(ctx context.Context, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "accounts", "*", "chats.db"))
	if err != nil {
		return err
	}
	for _, file := range append(files, filepath.Join(dir, "device.db")) {
		db, err := sql.Open("sqlite", "file:"+file+"?_pragma=query_only(1)&_pragma=busy_timeout(10000)")
		if err != nil {
			return err
		}
		c.dbs, c.logs = append(c.dbs, db), append(c.logs, file+"-wal")
		db.SetMaxOpenConns(1)
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		c.txs = append(c.txs, tx)
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(new(int)); err != nil {
			return err
		}
	}
	return nil
}

// end returns how many pages were written to all databases, and how many of
// them to the key database.
func (c *pageCount) end() (all, keys int, err error) {
	for i, log := range c.logs {
		state, err := readWAL(log)
		if err != nil {
			return 0, 0, err
		}
		if state.salts != c.from[i].salts {
			return 0, 0, fmt.Errorf("%s started over while its pages were counted", filepath.Base(log))
		}
		keys = state.frames - c.from[i].frames // the last one is the key database
		all += keys
	}
	return all, keys, nil
}

// close ends the read transactions.
func (c *pageCount) close() error {
	var errs []error
	for _, tx := range c.txs {
		errs = append(errs, tx.Rollback())
	}
	for _, db := range c.dbs {
		errs = append(errs, db.Close())
	}
	return errors.Join(errs...)
}

// readWAL counts the frames of a write-ahead log in its current generation.
func readWAL(path string) (walState, error) {
	const header, frameHeader = 32, 24
	f, err := os.Open(path)
	if err != nil {
		return walState{}, err
	}
	defer f.Close()
	var buf [header]byte
	if _, err := f.ReadAt(buf[:], 0); errors.Is(err, io.EOF) {
		return walState{}, nil // nothing was written yet
	} else if err != nil {
		return walState{}, err
	}
	state := walState{salts: [8]byte(buf[16:24])}
	frame := int64(frameHeader + binary.BigEndian.Uint32(buf[8:12]))
	for offset := int64(header); ; offset += frame {
		if _, err := f.ReadAt(buf[:frameHeader], offset); errors.Is(err, io.EOF) {
			return state, nil
		} else if err != nil {
			return walState{}, err
		}
		if [8]byte(buf[8:16]) != state.salts {
			return state, nil
		}
		state.frames++
	}
}
