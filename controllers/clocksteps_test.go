package controllers_test

import (
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"github.com/wasession/wasession/controllers"
)

var _ = Describe("A clock that steps", Serial, func() {
	DescribeTable("holds nothing up and causes no storm:",
		func(ctx SpecContext, step time.Duration) {
			var off atomic.Int64
			operator.Stop()
			operator.Start(unpaced, func(o *controllers.Options) {
				o.FailedPodDelay = time.Second
				o.Now = func() time.Time {
					// The API server's clock is another, and what is left of a time in an
					// object is what the wall shows.
					return time.Now().Round(0).Add(time.Duration(off.Load()))
				}
			})
			DeferCleanup(func() { operator.Stop(); operator.Start() })
			nodes := startNodes(ctx)
			tellings := prepare(ctx, nodes, stories(nodes)...)
			for i, t := range tellings {
				if i == len(tellings)/2 {
					off.Store(int64(step))
				}
				t.told(ctx, t.key)
			}
			expectOutcomes(ctx, nodes, tellings)

			By("going on with the new time")
			later := prepare(ctx, nodes, stories(nodes)...)
			for _, t := range later {
				t.told(ctx, t.key)
			}
			expectOutcomes(ctx, nodes, later)

			By("setting the clock right again")
			off.Store(0)
			last := prepare(ctx, nodes, stories(nodes)...)
			for _, t := range last {
				t.told(ctx, t.key)
			}
			expectOutcomes(ctx, nodes, last)
			tellings = append(append(tellings, later...), last...)
			expectQuiet(60*len(tellings), writesOf(tellings, operator))
		},
		Entry("back by six hours", -6*time.Hour),
		Entry("forward by six hours", 6*time.Hour),
	)
})
