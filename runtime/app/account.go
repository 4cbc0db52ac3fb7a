package app

import (
	"context"
	"path/filepath"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/accounts"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// chooseAccount selects the data directory of the linked account.
func (a *App) chooseAccount(ctx context.Context) error {
	phone, lid, err := whatsapp.Linked(ctx, a.opts.Data)
	if err != nil {
		return err
	}
	a.account, err = accounts.Choose(a.opts.Data, accounts.Identity{Phone: phone, LID: lid}, func(path string) (accounts.Legacy, error) {
		owner, empty, err := store.Owner(ctx, path)
		found := accounts.Legacy{Empty: empty}
		if owner.IsLID() {
			found.Owner.LID = owner.User()
		} else if owner.Kind() == chat.KindDirect {
			found.Owner.Phone = owner.User()
		}
		return found, err
	})
	if a.account.Aside != "" {
		a.log.Warn("Moved data of an earlier version aside: this account already has its own data", "folder", filepath.Base(a.account.Aside))
	}
	a.noteOwn()
	return err
}

// inAccount returns the path of a file in the account's directory.
func (a *App) inAccount(name string) string { return filepath.Join(a.account.Path, name) }

// claim reports whether the open directory belongs to an account. A directory
// without an owner is assigned to it.
func (a *App) claim(phone, lid string) (bool, error) {
	a.claiming.Lock()
	defer a.claiming.Unlock()
	defer a.noteOwn()
	return a.account.Claim(accounts.Identity{Phone: phone, LID: lid})
}

// noteOwn stores the account's number for `_data`; empty if no account was ever
// linked.
func (a *App) noteOwn() {
	var own chat.ID
	if phone := a.account.Owner.Phone; phone != "" {
		own = chat.ID(phone + "@" + chat.ServerDirect)
	}
	a.own.Store(&own)
}

// otherLinked triggers a switch to the data of the account that is linked now.
func (a *App) otherLinked() {
	select {
	case a.otherAccount <- struct{}{}:
	default:
	}
}

// tidyAccounts removes the data of other accounts, if configured, once this one
// is connected, and counts what is left of them.
func (a *App) tidyAccounts(ctx context.Context) {
	if err := a.account.Sweep(); err != nil {
		a.log.Warn("Failed to clean up after removed accounts", "error", err)
	}
	a.countKept()
	for {
		changed := a.Session.Watch()
		if a.mayRemoveOthers() {
			removed, err := a.account.RemoveOthers()
			if err != nil {
				a.log.Warn("Failed to remove the data of other accounts", "error", err)
			}
			if removed > 0 {
				a.log.Info("Removed the data of other accounts", "accounts", removed)
				a.countKept()
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// mayRemoveOthers reports whether the account is connected and the data of others
// is to be deleted.
func (a *App) mayRemoveOthers() bool {
	return a.config().OtherAccounts == v1.DeleteOtherAccounts &&
		a.Session.Status().Phase == v1.PhaseWorking && !a.Session.Account().Held()
}

func (a *App) countKept() {
	kept, err := a.account.Others()
	if err != nil {
		a.log.Warn("Failed to count the data of other accounts", "error", err)
	}
	a.kept.Store(&kept)
}
