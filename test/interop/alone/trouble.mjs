import assert from 'node:assert/strict'
import { DisconnectReason } from '@whiskeysockets/baileys'
import { until } from '../await.mjs'
import { textOf } from '../client.mjs'
import { alice, bob, carol, jid } from '../people.mjs'

export async function retries({ a, control, step }) {
  const dave = '15550004444'
  await control.addUser(dave, 'Dave')
  const team = await control.addGroup('Noise', alice, bob, carol)

  await step('A garbled message arrives', 'the text, after it was asked for again: the first of a contact, a later one, one of a group, one of the own phone', async () => {
    await control.send(dave, alice, 'garbled first', { garbled: true })
    await a.message('garbled first')
    await control.send(carol, alice, 'garbled later', { garbled: true })
    await a.message('garbled later')
    await control.send(carol, team.jid, 'garbled in the group', { garbled: true })
    await a.message('garbled in the group')
    await control.send(alice, bob, 'garbled copy', { garbled: true })
    await a.message('garbled copy')
    await control.send(carol, alice, 'all is well')
    await a.message('all is well')
  })
  await step('A phone cannot decrypt', 'it gets the text, which Baileys sends again: direct, in a group, at the own phone', async () => {
    for (const [user, to] of [[carol, jid(carol)], [carol, team.jid], [alice, jid(carol)]]) {
      const text = `again for ${user} in ${to}`
      await control.post('/faults', { failDecryption: { user, times: 1 } })
      await a.send(to, { text })
      await control.text(user, text)
    }
  })
}

export async function reconnects({ a, control, step }) {
  await step('Older messages are asked for', 'the phone sends them', async () => {
    const oldest = a.log.all('history.messages', m => m.message)[0]
    const from = a.log.mark()
    await a.socket.fetchMessageHistory(20, oldest.key, oldest.messageTimestamp)
    await a.log.wait('messaging-history.set', h => h.peerDataRequestSessionId, from)
  })
  for (const [what, happen] of [
    ['The connection breaks', () => control.post('/kick', { number: alice })],
    ['The server ends the stream (503)', () => control.post('/stream-error', { user: alice, code: 503 })],
  ]) {
    await step(what, 'it connects again, gets what it missed, once, and nothing twice', async () => {
      const from = a.log.mark()
      await happen()
      const id = await control.send(carol, alice, `meanwhile: ${what}`)
      await a.open(from)
      await a.message(id)
      await control.send(carol, alice, `afterwards: ${what}`)
      await a.message(`afterwards: ${what}`)
      assert.equal(a.log.all('message', m => m.key.id === id && m.message).length, 1)
      const texts = a.log.all('message', m => textOf(m.message)).map(m => m.key.id)
      assert.equal(new Set(texts).size, texts.length)
    })
  }
}

export async function ends({ a, b, control, step }) {
  const devices = async user => (await control.get('/users')).find(u => u.number === user).devices ?? []

  await step('The phone unlinks the client', 'logged out', async () => {
    await control.post('/unlink', { number: alice })
    await until('Alice to be logged out', () => a.closed === DisconnectReason.loggedOut)
    assert.equal((await devices(alice)).length, 0)
  })
  await step('The client logs out', 'the phone lists no device', async () => {
    b.ending = true
    await b.socket.logout()
    await until('Bob to be logged out', async () => (await devices(bob)).length === 0)
  })
  await step('All stanzas', 'the simulator knew every one', async () => {
    assert.deepEqual(await control.get('/unhandled'), [])
  })
}
