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

// chooseAccount finds the folder of the account that the device is linked to.
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
		a.log.Warn("Data that an earlier version left was put aside: this account has data of its own already", "folder", filepath.Base(a.account.Aside))
	}
	a.noteOwn()
	return err
}

// inAccount is a file or folder of the account's.
func (a *App) inAccount(name string) string { return filepath.Join(a.account.Path, name) }

// claim says whether the open folder is that of an account; nobody's becomes
// that account's.
func (a *App) claim(phone, lid string) (bool, error) {
	a.claiming.Lock()
	defer a.claiming.Unlock()
	defer a.noteOwn()
	return a.account.Claim(accounts.Identity{Phone: phone, LID: lid})
}

// noteOwn notes the account's number, which `_data` shows; empty while none was
// ever linked.
func (a *App) noteOwn() {
	var own chat.ID
	if phone := a.account.Owner.Phone; phone != "" {
		own = chat.ID(phone + "@" + chat.ServerDirect)
	}
	a.own.Store(&own)
}

// otherLinked has the process open the data of the account that is linked now.
func (a *App) otherLinked() {
	select {
	case a.otherAccount <- struct{}{}:
	default:
	}
}

// tidyAccounts removes the data of other accounts, where that is wanted, once
// this one is connected, and counts what is kept of them.
func (a *App) tidyAccounts(ctx context.Context) {
	if err := a.account.Sweep(); err != nil {
		a.log.Warn("What is left of removed accounts could not be removed", "error", err)
	}
	a.countKept()
	for {
		changed := a.Session.Watch()
		if a.mayRemoveOthers() {
			removed, err := a.account.RemoveOthers()
			if err != nil {
				a.log.Warn("Data of other accounts could not be removed", "error", err)
			}
			if removed > 0 {
				a.log.Info("Data of other accounts was removed", "accounts", removed)
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

// mayRemoveOthers says that the account whose folder is open is connected, and
// that nothing is to be kept of others.
func (a *App) mayRemoveOthers() bool {
	return a.config().OtherAccounts == v1.DeleteOtherAccounts &&
		a.Session.Status().Phase == v1.PhaseWorking && !a.Session.Account().Held()
}

func (a *App) countKept() {
	kept, err := a.account.Others()
	if err != nil {
		a.log.Warn("Data of other accounts could not be counted", "error", err)
	}
	a.kept.Store(&kept)
}
