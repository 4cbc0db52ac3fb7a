// Package simulator simulates WhatsApp's multi-device servers and the phones
// behind them, closely enough that an unmodified whatsmeow client pairs, logs
// in and chats through it.
//
// A Server holds accounts (User). Every account has a simulated phone, which
// owns the account's Signal identity, and any number of companions: real
// whatsmeow clients that were linked to it. Tests control the phones:
//
//	srv, err := simulator.New(simulator.Options{})
//	alice := srv.AddUser("15550001111", "", "Alice") // the account under test
//	bob := srv.AddUser("15550002222", "", "Bob")     // a contact of hers
//	_, err = alice.ScanQR(ctx, code)                 // code from the client's events.QR
//	id, err := bob.SendText(ctx, alice, "hello")     // arrives at the client, encrypted
//	got, err := bob.Expect(ctx, simulator.Text("hi")) // what the client answered
//
// The simulator tests a client against the protocol as whatsmeow understands
// it. It cannot reveal rate limits, bans or validation that only the real
// servers have.
package simulator
