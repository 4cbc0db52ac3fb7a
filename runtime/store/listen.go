package store

// Listen sets which events are written into the outbox from now on. Before the first
// call all are. It returns when no event is written by an earlier rule any more.
func (s *Store) Listen(wanted func(event string) bool) {
	s.listening.Store(&wanted)
}

// listens reports whether an event is to be written.
func (s *Store) listens(event string) bool {
	if s.opts.Encode == nil {
		return false
	}
	wanted := s.listening.Load()
	return wanted == nil || (*wanted)(event)
}
