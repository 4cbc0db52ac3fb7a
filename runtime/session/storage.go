package session

import (
	"time"

	"github.com/wasession/wasession/runtime/volume"
)

// How often the volume is looked at, and how long a write that found no room is
// waited for where the file system says that it has some, as with a quota.
const (
	lookEvery  = time.Second
	quotaFirst = 5 * time.Second
	quotaMost  = 5 * time.Minute
)

// admit refuses what is received while the volume has no room for it. What is
// refused is not acknowledged, so that WhatsApp keeps it.
func (s *Session) admit() error {
	room, err := volume.Read(s.opts.Dir)
	if err != nil || !room.Full() {
		return nil // an error shows in the write itself
	}
	s.noticeFull(volume.ErrFull)
	return volume.ErrFull
}

// admitHistory refuses history sooner than messages, as it is written in large
// transactions: what they take shows only when they are committed.
func (s *Session) admitHistory() error {
	if room, err := volume.Read(s.opts.Dir); err == nil && room.Free < 2*room.Held() {
		return volume.ErrFull
	}
	return nil
}

// noticeFull has the session wait for room if an error says that there is none.
func (s *Session) noticeFull(err error) {
	if !volume.NoRoom(err) {
		return
	}
	select {
	case s.fullness <- struct{}{}:
	default:
	}
}

// watchVolume tells the machine when the volume is full and when it has room
// again.
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
			s.log.Error("The volume is full; nothing is received until there is room", "free", room.Free, "size", room.Size)
			s.inbox.put(storageFull{})
		case before && !w.full:
			s.log.Info("The volume has room again", "free", room.Free, "size", room.Size)
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
	// since is when it became so or was no longer; wait is how long it stays so at
	// least, patience the next such wait.
	since          time.Time
	wait, patience time.Duration
	relieved       time.Time
}

// look takes a look at the room. A write may be refused though the file system
// says that there is room, because of a quota: then only time can tell.
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

// relieveEvery is how often room is made while the volume is full.
const relieveEvery = 30 * time.Second

// relieve says that it is time to make room.
func (f *fullness) relieve(now time.Time) bool {
	if !f.relieved.IsZero() && now.Sub(f.relieved) < relieveEvery {
		return false
	}
	f.relieved = now
	return true
}
