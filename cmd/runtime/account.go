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
	if p.account.Aside != "" {
		p.log.Warn("Data that an earlier version left was put aside: this account has data of its own already", "folder", filepath.Base(p.account.Aside))
	}
	return err
}

// inAccount is a file or folder of the account's.
func (p *process) inAccount(name string) string { return filepath.Join(p.account.Path, name) }

// claim says whether the open folder is that of an account; nobody's becomes
// that account's.
func (p *process) claim(phone, lid string) (bool, error) {
	p.claiming.Lock()
	defer p.claiming.Unlock()
	return p.account.Claim(accounts.Identity{Phone: phone, LID: lid})
}

// otherLinked has the process open the data of the account that is linked now.
func (p *process) otherLinked() {
	select {
	case p.otherAccount <- struct{}{}:
	default:
	}
}

// tidyAccounts removes the data of other accounts, where that is wanted, once
// this one is connected, and counts what is kept of them.
func (p *process) tidyAccounts(ctx context.Context) {
	if err := p.account.Sweep(); err != nil {
		p.log.Warn("What is left of removed accounts could not be removed", "error", err)
	}
	p.countKept()
	for {
		changed := p.session.Watch()
		if p.mayRemoveOthers() {
			removed, err := p.account.RemoveOthers()
			if err != nil {
				p.log.Warn("Data of other accounts could not be removed", "error", err)
			}
			if removed > 0 {
				p.log.Info("Data of other accounts was removed", "accounts", removed)
				p.countKept()
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
func (p *process) mayRemoveOthers() bool {
	return p.config.Load().Config.OtherAccounts == v1.DeleteOtherAccounts &&
		p.session.Status().Phase == v1.PhaseWorking && !p.session.Account().Held()
}

func (p *process) countKept() {
	kept, err := p.account.Others()
	if err != nil {
		p.log.Warn("Data of other accounts could not be counted", "error", err)
	}
	p.kept.Store(&kept)
}
