package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"go.mau.fi/whatsmeow/types"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/history"
)

// archiveRun is a run as the API tells of it.
type archiveRun struct {
	ID                   string
	FinishedAt           *int64
	Result, Message      string
	Candidates, Archived int
}

// TestArchivesTheRightChatsOverACrash runs a policy over 1,500 chats of mixed
// ages and kills the process in mid-run: the right chats, and only those, are
// archived on the phone, each once, and the run after finds nothing to do.
func TestArchivesTheRightChatsOverACrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.ctx
	spec := history.ArchiveSpec(time.Now())
	spec.Chats, spec.Messages = 1_500, 12_000 // an archived chat takes 20 ms of pauses
	spec.OwnPN, spec.OwnLID = w.alice.PN(), w.alice.LID()
	account := history.NewAccount(spec)
	if err := w.alice.Populate(ctx, account); err != nil {
		t.Fatal(err)
	}
	before, err := w.alice.AppState()
	if err != nil {
		t.Fatal(err)
	}
	archivedBefore := before.View().Archived()
	config := w.config(v1.Config{Session: "test", Archive: &v1.Archive{
		MaxChatsPerRun: 10_000,
		Policies:       []v1.ArchivePolicy{{Name: "zombies", InactiveSeconds: 90 * 24 * 3600}},
	}})

	c := w.start("--config", config)
	c.pair()
	c.await("the history", func() bool { return c.imported(account.Len()) })
	want := zombies(account, time.Now().AddDate(0, 0, -90))
	var plan struct{ Candidates int }
	c.get("/api/test/auto-archive/plan", &plan)
	if plan.Candidates != len(want) {
		t.Fatalf("the plan has %d candidates, want %d", plan.Candidates, len(want))
	}
	var dry archiveRun
	c.post("/api/test/auto-archive/run?dryRun=true", &dry)
	if dry.Result != "DryRun" || dry.Candidates != len(want) || before.View().Archived() != archivedBefore {
		t.Fatalf("dry run %+v: want %d candidates and nothing changed", dry, len(want))
	}

	c.listenOnce()
	var run archiveRun
	c.post("/api/test/auto-archive/run", &run)
	began := time.Now()
	c.await("the middle of the run", func() bool { return c.lastRun().Archived >= len(want)/3 })
	c.kill()
	c = w.start("--config", config)
	c.await("the end of the run", func() bool { return c.lastRun().FinishedAt != nil })
	finished := c.lastRun()
	if finished.ID != run.ID || finished.Result != "Succeeded" {
		t.Errorf("the run ended as %+v, want the one that was cut off", finished)
	}

	state, err := w.alice.AppState()
	if err != nil {
		t.Fatal(err)
	}
	stats := state.Stats()
	t.Logf("%d of %d chats archived in %v over a crash, %d patches with %d mutations", len(want), account.Len(), time.Since(began).Round(time.Second), stats.ClientPatches, stats.ClientMutations)
	view := state.View()
	for chat := range want {
		if got := onPhone(view, account, chat); !got.Archived || got.ArchiveWrites != 1 {
			t.Fatalf("%s is %+v on the phone, want it archived once", chat, got)
		}
	}
	if got := view.Archived(); got != archivedBefore+len(want) {
		t.Errorf("%d chats are archived on the phone, want %d", got, archivedBefore+len(want))
	}
	if stats.RepeatedArchives != 0 {
		t.Errorf("%d chats were archived that were archived already", stats.RepeatedArchives)
	}
	if got := c.archiveEvents(len(want)); got["zombies"] != len(want) {
		t.Errorf("the events name the policies %v, want zombies in all %d", got, len(want))
	}
	c.working()
	var again archiveRun
	c.post("/api/test/auto-archive/run", &again)
	if again.Candidates != 0 {
		t.Errorf("the run after has %d candidates, want none", again.Candidates)
	}
}

// config writes a configuration file.
func (w *world) config(c v1.Config) (path string) {
	w.t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	path = filepath.Join(w.t.TempDir(), "config.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func (c *child) post(path string, out any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.w.ctx, http.MethodPost, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", apiKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		c.t.Fatalf("POST %s: %s", path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		c.t.Fatal(err)
	}
}

func (c *child) lastRun() (run archiveRun) {
	var runs []archiveRun
	c.get("/api/test/auto-archive/runs?limit=1", &runs)
	if len(runs) > 0 {
		run = runs[0]
	}
	return run
}

// imported says whether all chats are listed and no part of the history waits.
func (c *child) imported(chats int) bool {
	var rows []struct{ ID string }
	c.get("/api/test/chats", &rows)
	return len(rows) == chats
}

// zombies are the chats that the policy is for, found from what the account was
// made of.
func zombies(account *history.Account, limit time.Time) map[types.JID]bool {
	chats := map[types.JID]bool{}
	for i := range account.Len() {
		c := account.Full(i)
		last := c.LastActivity
		for n, m := range c.Messages {
			if n == 0 || m.At.After(last) {
				last = m.At
			}
		}
		direct := c.ID.Server == types.DefaultUserServer || c.ID.Server == types.HiddenUserServer
		if (direct || c.ID.Server == types.GroupServer) && last.Before(limit) &&
			!c.Archived && c.Pinned.IsZero() && c.Unread == 0 && !c.MarkedUnread {
			chats[c.ID] = true
		}
	}
	return chats
}

// onPhone is a chat's state on the phone, by whichever address it has there.
func onPhone(view appstate.View, account *history.Account, id types.JID) appstate.Chat {
	if c, ok := view.Chats[id.String()]; ok {
		return c
	}
	i, _ := account.Find(id)
	return view.Chats[account.Chat(i).Alternative.String()]
}

// listenOnce connects a websocket for a moment. Events are written for a client that
// may come back.
func (c *child) listenOnce() {
	c.t.Helper()
	conn, _, err := websocket.Dial(c.w.ctx, strings.Replace(c.url, "http", "ws", 1)+"/ws?x-api-key="+apiKey, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		c.t.Fatal(err)
	}
}

// archiveEvents counts the events chat.archive in the outbox by the policy that
// they name.
func (c *child) archiveEvents(want int) map[string]int {
	c.t.Helper()
	url := strings.Replace(c.url, "http", "ws", 1) + "/ws?events=chat.archive&lastEventId=evt_0&x-api-key=" + apiKey
	conn, _, err := websocket.Dial(c.w.ctx, url, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.CloseNow()
	policies := map[string]int{}
	for range want {
		var event struct {
			Payload struct {
				Archived bool
				Policy   string
			}
		}
		if err := wsjson.Read(c.w.ctx, conn, &event); err != nil {
			c.t.Fatal(err)
		}
		if event.Payload.Archived {
			policies[event.Payload.Policy]++
		}
	}
	return policies
}
