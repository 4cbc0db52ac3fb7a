// The accounts of both suites. Alice is the one under test.
export const alice = '15550001111'
export const bob = '15550002222'
export const carol = '15550003333'

// jid is how Baileys names a number, chat how the runtime does.
export const jid = number => `${number}@s.whatsapp.net`
export const chat = number => `${number}@c.us`

// statuses is the chat of all statuses, for both.
export const statuses = 'status@broadcast'

// past is how much of it Alice and Bob have.
export const past = { chats: 8, messages: 60 }

// addPeople adds the accounts, each with a short past: a real phone always sends one, and
// Baileys waits for it.
export async function addPeople(control) {
  for (const [number, name] of [[alice, 'Alice'], [bob, 'Bob'], [carol, 'Carol']]) await control.addUser(number, name)
  for (const [seed, user] of [alice, bob].entries()) {
    await control.post('/history', { user, fixture: 'demo', seed: seed + 1, chunks: 2, ...past })
  }
}
