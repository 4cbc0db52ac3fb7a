package main

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
func (p *process) chooseAccount(ctx context.Context) error {
	phone, lid, err := whatsapp.Linked(ctx, p.opts.data)
	if err != nil {
		return err
	}
	p.account, err = accounts.Choose(p.opts.data, accounts.Identity{Phone: phone, LID: lid}, func(path string) (accounts.Legacy, error) {
		owner, empty, err := store.Owner(ctx, path)
		found := accounts.Legacy{Empty: empty}
		if owner.IsLID() {
			found.Owner.LID = owner.User()
		} else if owner.Kind() == chat.KindDirect {
			found.Owner.Phone = owner.User()
		}
		return found, err
	})
	return err
}

// inAccount is a file or folder of the account's.
func (p *process) inAccount(name string) string { return filepath.Join(p.account.Path, name) }

// linked writes down whose the folder is that nobody had before.
func (p *process) linked(phone, lid string) {
	who := accounts.Identity{Phone: phone, LID: lid}
	if !p.account.Belongs(who) {
		p.otherLinked()
		return
	}
	if err := p.account.Adopt(who); err != nil {
		p.log.Error("The account of the data folder could not be noted; the next start does it", "error", err)
	}
}

// owner is the number of the account whose folder is open: nobody's before the
// first pairing, and one that no phone has where only the LID is known.
func (p *process) owner() string {
	if p.account.Owner.Known() && p.account.Owner.Phone == "" {
		return "unknown"
	}
	return p.account.Owner.Phone
}

// otherLinked has the process open the data of the account that is linked now.
func (p *process) otherLinked() {
	select {
	case p.otherAccount <- struct{}{}:
	default:
	}
}

// tidyAccounts removes the data of other accounts, where that is wanted, once
// this one is connected.
func (p *process) tidyAccounts(ctx context.Context) {
	for {
		changed := p.session.Watch()
		if p.session.Status().Phase == v1.PhaseWorking && p.config.Load().Config.OtherAccounts == v1.DeleteOtherAccounts {
			removed, err := p.account.RemoveOthers()
			if err != nil {
				p.log.Warn("Data of other accounts could not be removed", "error", err)
			}
			if removed > 0 {
				p.log.Info("Data of other accounts was removed", "accounts", removed)
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
