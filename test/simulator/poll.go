package simulator

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// PollMessage returns a poll in which at most some of the options can be chosen; any
// number of them if most is 0.
func PollMessage(question string, most uint32, options ...string) *waE2E.Message {
	poll := &waE2E.PollCreationMessage{Name: proto.String(question), SelectableOptionsCount: proto.Uint32(most)}
	for _, o := range options {
		poll.Options = append(poll.Options, &waE2E.PollCreationMessage_Option{OptionName: proto.String(o)})
	}
	return &waE2E.Message{
		PollCreationMessageV3: poll,
		MessageContextInfo:    &waE2E.MessageContextInfo{MessageSecret: randomBytes(32)},
	}
}

// Vote chooses options of a poll that the phone sent or received, in place of those
// chosen before, and returns the id of the vote.
func (u *User) Vote(ctx context.Context, poll string, options []string, opts ...SendOption) (string, error) {
	vote := &waE2E.PollVoteMessage{}
	for _, option := range options {
		hash := sha256.Sum256([]byte(option))
		vote.SelectedOptions = append(vote.SelectedOptions, hash[:])
	}
	return u.add(ctx, poll, useVote, vote, func(key *waCommon.MessageKey, payload, nonce []byte) *waE2E.Message {
		return &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{
			PollCreationMessageKey: key, Vote: &waE2E.PollEncValue{EncPayload: payload, EncIV: nonce},
			SenderTimestampMS: proto.Int64(time.Now().UnixMilli()),
		}}
	}, opts)
}

// ReadVote decrypts a vote that has reached the phone, and returns the options chosen.
func (u *User) ReadVote(vote Received) ([]string, error) {
	update := vote.Message.GetPollUpdateMessage()
	k, err := u.kept(update.GetPollCreationMessageKey().GetID())
	if err != nil {
		return nil, err
	}
	plain, err := k.open(useVote, u.srv.UserByJID(vote.From), update.GetVote().GetEncPayload(), update.GetVote().GetEncIV())
	if err != nil {
		return nil, err
	}
	var read waE2E.PollVoteMessage
	if err := proto.Unmarshal(plain, &read); err != nil {
		return nil, err
	}
	poll := k.msg.GetPollCreationMessage()
	if poll == nil {
		poll = k.msg.GetPollCreationMessageV3()
	}
	options := []string{}
	for _, hash := range read.GetSelectedOptions() {
		i := slices.IndexFunc(poll.GetOptions(), func(o *waE2E.PollCreationMessage_Option) bool {
			sum := sha256.Sum256([]byte(o.GetOptionName()))
			return string(sum[:]) == string(hash)
		})
		if i < 0 {
			return nil, fmt.Errorf("the poll has no option of the hash %x", hash)
		}
		options = append(options, poll.GetOptions()[i].GetOptionName())
	}
	return options, nil
}

// Vote matches the votes of a poll.
func Vote(poll string) func(Received) bool {
	return func(r Received) bool {
		return r.Kind == KindMessage && r.Message.GetPollUpdateMessage().GetPollCreationMessageKey().GetID() == poll
	}
}
