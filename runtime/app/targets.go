package app

import (
	"fmt"
	"net/url"

	"github.com/wasession/wasession/runtime/egress"
)

// checkTargets returns an error for the first forbidden target in a configuration,
// as far as that is known without DNS.
func checkTargets(p egress.Policy, s settings) error {
	check := func(field, target string) error {
		u, err := url.Parse(target)
		if target == "" || err != nil {
			return nil // absent, or checked elsewhere
		}
		if err := p.CheckURL(u); err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		return nil
	}
	for i, w := range s.Config.Webhooks {
		if err := check(fmt.Sprintf("webhooks[%d].url", i), w.URL); err != nil {
			return err
		}
	}
	if s3 := s.Config.Media.S3; s3 != nil {
		if err := check("storage.media.s3.endpoint", s3.Endpoint); err != nil {
			return err
		}
	}
	if s.proxy != nil {
		return check("proxy.url", s.Config.Proxy.URL)
	}
	return nil
}
