package session

import (
	"time"

	"github.com/wasession/wasession/runtime/volume"
)

// How often the volume is checked, and how long to wait after a write that failed
// for lack of space although the file system has some, as with a quota.
const (
	lookEvery  = time.Second
	quotaFirst = 5 * time.Second
	quotaMost  = 5 * time.Minute
)

// admit refuses incoming data while the volume is full. It is then not
// acknowledged, so WhatsApp keeps it.
func (s *Session) admit() error {
	room, err := volume.Read(s.opts.Dir)
	if err != nil || !room.Full() {
		return nil // an error shows up in the write itself
	}
	s.noticeFull(volume.ErrFull)
	return volume.ErrFull
}

// admitHistory refuses history earlier than messages: it is written in large
// transactions, whose size shows only when they are committed.
func (s *Session) admitHistory() error {
	if room, err := volume.Read(s.opts.Dir); err == nil && room.Free < 2*room.Held() {
		return volume.ErrFull
	}
	return nil
}

// noticeFull wakes watchVolume if an error is due to lack of space.
func (s *Session) noticeFull(err error) {
	if !volume.NoRoom(err) {
		return
	}
	select {
	case s.fullness <- struct{}{}:
	default:
	}
}

// watchVolume notifies the machine when the volume is full and when it has free
// space again.
func (s *Session) watchVolume() {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	s.mu.Lock()
	w := fullness{full: s.machine.full}
	s.mu.Unlock()
	for {
		refused := false
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		case <-s.fullness:
			refused = true
		}
		room, err := volume.Read(s.opts.Dir)
		if err != nil {
			continue
		}
		before := w.full
		switch w.look(time.Now(), room, refused); {
		case w.full && !before:
			s.log.Error("The volume is full; receiving stops until there is free space", "free", room.Free, "size", room.Size)
			s.inbox.put(storageFull{})
		case before && !w.full:
			s.log.Info("The volume has free space again", "free", room.Free, "size", room.Size)
			s.inbox.put(storageRoomy{})
		}
		if w.full && s.opts.Relieve != nil && w.relieve(time.Now()) {
			s.opts.Relieve(s.ctx)
		}
	}
}

// fullness decides whether the volume is full.
type fullness struct {
	full bool
	// since is the time of the last change; wait is the minimum time to stay full,
	// patience the next such time.
	since          time.Time
	wait, patience time.Duration
	relieved       time.Time
}

// look updates full from the free space and a failed write. With a quota, writes
// fail although the file system has free space: then only waiting helps.
func (f *fullness) look(now time.Time, room volume.Room, refused bool) {
	switch {
	case f.full:
		if room.Roomy() && now.Sub(f.since) >= f.wait {
			f.full, f.since = false, now
		}
	case room.Full():
		f.full, f.since, f.wait = true, now, 0
	case refused:
		if f.patience == 0 || now.Sub(f.since) > 2*quotaMost {
			f.patience = quotaFirst
		}
		f.full, f.since, f.wait = true, now, f.patience
		f.patience = min(2*f.patience, quotaMost)
	}
}

// relieveEvery is how often space is freed while the volume is full.
const relieveEvery = 30 * time.Second

// relieve reports whether it is time to free space.
func (f *fullness) relieve(now time.Time) bool {
	if !f.relieved.IsZero() && now.Sub(f.relieved) < relieveEvery {
		return false
	}
	f.relieved = now
	return true
}
