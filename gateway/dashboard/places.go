package dashboard

import "sync"

// mostStreams is how many streams one visitor may have open: those of some forty pages.
const mostStreams = 100

// places counts what visitors have open, by who they are.
type places struct {
	mu   sync.Mutex
	open map[string]int
}

// enter takes a place. It reports false if the visitor has as many as one may have;
// otherwise leave gives it back.
func (p *places) enter(who string) (leave func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[who] >= mostStreams {
		return nil, false
	}
	if p.open == nil {
		p.open = map[string]int{}
	}
	p.open[who]++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.open[who]--; p.open[who] == 0 {
			delete(p.open, who)
		}
	}, true
}
